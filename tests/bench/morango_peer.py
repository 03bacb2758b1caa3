"""Children carried from one morango instance to another; run by a Python that has morango.

    python morango_peer.py FOLDER RECORDS.jsonl

Each line of the records is `{"id": …, "values": {…}}`. Two instances, each with an SQLite file of
its own: a client, which holds the children as rows of its application, and a server, a process of
its own behind morango's own HTTP interface on the loopback address. Timed is one push with
morango's defaults: the client serialises its rows into its store, both agree on what is new,
buffers go over in chunks of 500 compressed with gzip, the server takes them into its store and
writes the rows of its application. Prints one JSON document with seconds by the clock, the
processor time of both processes, the bytes that went over, and how many rows the server holds then.

Not timed: making the database files, the certificates and the client's rows.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

_APP = "carried"
_PROFILE = "register"
_READY_SECONDS = 60


def _configure(database: Path, names: list[str]) -> Any:
    """Set Django up on one instance's file; the model of a child with these fields."""
    import types

    import django
    from django.conf import settings

    app = types.ModuleType(_APP)
    app.__path__ = [str(database.parent)]
    sys.modules[_APP] = app
    settings.configure(
        SECRET_KEY="none",
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(database),
                "OPTIONS": {"timeout": 100},
            }
        },
        INSTALLED_APPS=["django.contrib.contenttypes", "mptt", "rest_framework", "morango", _APP],
        MIGRATION_MODULES={_APP: None},
        ROOT_URLCONF="morango.urls",
        ALLOWED_HOSTS=["127.0.0.1"],
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        # It tells of each step otherwise.
        LOGGING={"version": 1, "root": {"level": "ERROR"}},
        REST_FRAMEWORK={"UNAUTHENTICATED_USER": None},
    )
    # morango takes its models from the registry when the apps are ready.
    models_module = types.ModuleType(f"{_APP}.models")
    sys.modules[models_module.__name__] = models_module
    source = database.parent / "model_fields.json"
    source.write_text(json.dumps(names), encoding="utf-8")

    def make_models() -> None:
        from django.db import models
        from morango.models import SyncableModel

        fields: dict[str, Any] = {name: models.TextField(null=True, blank=True) for name in names}

        def source_id(self: Any) -> str:
            return str(self.their_id)

        def partition(self: Any) -> str:
            return f"{self.owner}:child"

        made = type(
            "Child",
            (SyncableModel,),
            {
                "__module__": models_module.__name__,
                "morango_model_name": "child",
                "morango_profile": _PROFILE,
                "their_id": models.CharField(max_length=36),
                "owner": models.CharField(max_length=36),
                "calculate_source_id": source_id,
                "calculate_partition": partition,
                "Meta": type("Meta", (), {"app_label": _APP}),
                **fields,
            },
        )
        models_module.Child = made  # type: ignore[attr-defined]

    from django.apps import AppConfig

    class CarriedConfig(AppConfig):
        name = _APP
        label = _APP
        path = str(database.parent)

        def import_models(self) -> None:
            make_models()
            self.models_module = models_module
            self.models = self.apps.all_models[self.label]

    CarriedConfig.__module__ = _APP
    app.CarriedConfig = CarriedConfig  # type: ignore[attr-defined]
    settings.INSTALLED_APPS[-1] = f"{_APP}.CarriedConfig"
    django.setup()
    return models_module.Child  # type: ignore[attr-defined]


def _fields(records: Path) -> list[str]:
    found: set[str] = set()
    with records.open(encoding="utf-8") as lines:
        for line in lines:
            found.update(json.loads(line)["values"])
    return sorted(name for name in found if not name.startswith("_"))


def found(folder: Path, records: Path) -> None:
    """Make both instances: one root certificate, whose client has one of its own below it."""
    _configure(folder / "server.sqlite3", _fields(records))
    from django.core.management import call_command
    from morango.models.certificates import Certificate, Key, ScopeDefinition

    call_command("migrate", run_syncdb=True, verbosity=0)
    ScopeDefinition.objects.create(
        id="whole",
        profile=_PROFILE,
        version=1,
        primary_scope_param_key="partition",
        description="everything",
        read_filter_template="",
        write_filter_template="",
        read_write_filter_template="${partition}",
    )
    root = Certificate.generate_root_certificate("whole")
    own = Certificate(
        parent=root,
        profile=_PROFILE,
        scope_definition=root.scope_definition,
        scope_version=root.scope_version,
        scope_params=root.scope_params,
        private_key=Key(),
    )
    root.sign_certificate(own)
    own.save()
    from django.db import connection

    connection.close()
    shutil.copyfile(folder / "server.sqlite3", folder / "client.sqlite3")
    print(json.dumps({"root": root.id, "own": own.id}))


def serve(folder: Path, records: Path, port: int) -> None:
    """Answer on the loopback address until the input ends; then print the processor time."""
    child = _configure(folder / "server.sqlite3", _fields(records))
    import threading
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    from django.core.wsgi import get_wsgi_application
    from morango.models.core import DatabaseIDModel, InstanceIDModel

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_arguments: object) -> None:
            return None

    DatabaseIDModel.objects.create()
    InstanceIDModel.get_or_create_current_instance()
    server = make_server("127.0.0.1", port, get_wsgi_application(), handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    before = _cpu()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    used = _cpu() - before
    server.shutdown()
    print(json.dumps({"cpu": used, "rows": child.objects.count()}))


def push(folder: Path, records: Path, port: int, certificates: dict[str, str]) -> None:
    """Fill the client, then carry everything over."""
    names = _fields(records)
    child = _configure(folder / "client.sqlite3", names)
    from django.db import transaction
    from morango.models.certificates import Certificate, Filter
    from morango.models.core import DatabaseIDModel, InstanceIDModel
    from morango.sync.controller import MorangoProfileController

    DatabaseIDModel.objects.create()
    InstanceIDModel.get_or_create_current_instance()
    root = Certificate.objects.get(id=certificates["root"])
    own = Certificate.objects.get(id=certificates["own"])
    with records.open(encoding="utf-8") as lines, transaction.atomic():
        for line in lines:
            one = json.loads(line)
            values = {name: _text(one["values"].get(name)) for name in names}
            child(their_id=one["id"], owner=root.id, **values).save()
    server = MorangoProfileController(_PROFILE).create_network_connection(
        f"http://127.0.0.1:{port}"
    )
    began, cpu = time.perf_counter(), _cpu()
    client = server.create_sync_session(own, root).get_push_client()
    client.initialize(Filter(root.id))
    client.run()
    client.finalize()
    done = {"seconds": time.perf_counter() - began, "cpu": _cpu() - cpu}
    print(json.dumps({**done, "bytes": server.bytes_sent + server.bytes_received}))


def _text(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def main(folder: Path, records: Path) -> None:
    """Run both instances, each in a process of its own."""
    this = [sys.executable, __file__]
    made = subprocess.run(
        [*this, "found", folder, records], check=True, capture_output=True, text=True
    ).stdout
    port = str(_free_port())
    server = subprocess.Popen(
        [*this, "serve", folder, records, port],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if server.stdout is None or server.stdout.readline() != "ready\n":
            raise RuntimeError("the server did not come up")
        pushed = subprocess.run(
            [*this, "push", folder, records, port, made.strip().splitlines()[-1]],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout
        told, _ = server.communicate("", timeout=_READY_SECONDS)
    finally:
        if server.poll() is None:
            server.kill()
    client, other = json.loads(pushed.splitlines()[-1]), json.loads(told.splitlines()[-1])
    print(
        json.dumps(
            {
                "seconds": client["seconds"],
                "cpu": client["cpu"] + other["cpu"],
                "bytes": client["bytes"],
                "rows": other["rows"],
            }
        )
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    words = sys.argv[1:]
    if words[0] == "found":
        found(Path(words[1]), Path(words[2]))
    elif words[0] == "serve":
        serve(Path(words[1]), Path(words[2]), int(words[3]))
    elif words[0] == "push":
        push(Path(words[1]), Path(words[2]), int(words[3]), json.loads(words[4]))
    else:
        main(Path(words[0]), Path(words[1]))
