"""The first shape of the store."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("rights", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_account")),
    )
    op.create_table(
        "audit_event",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("wall", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_event")),
    )
    op.create_table(
        "bundle_in",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bundle_id", sa.LargeBinary(), nullable=False),
        sa.Column("replica", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("prev", sa.LargeBinary(), nullable=True),
        sa.Column("log_from", sa.BigInteger(), nullable=False),
        sa.Column("log_to", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("fork", sa.Boolean(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("handover", sa.Text(), nullable=True),
        sa.Column("operations", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("certificates", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_bundle_in")),
        sa.UniqueConstraint("bundle_id", name=op.f("uq_bundle_in_bundle_id")),
    )
    with op.batch_alter_table("bundle_in", schema=None) as batch_op:
        batch_op.create_index("ix_bundle_in_line", ["replica", "seq"], unique=False)

    op.create_table(
        "bundle_out",
        sa.Column("bundle_id", sa.LargeBinary(), nullable=False),
        sa.Column("replica", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("log_from", sa.BigInteger(), nullable=False),
        sa.Column("log_to", sa.BigInteger(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("handover", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("bundle_id", name=op.f("pk_bundle_out")),
        sa.UniqueConstraint("replica", "unit", "seq", name=op.f("uq_bundle_out_replica_unit_seq")),
    )
    op.create_table(
        "child",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner_unit", sa.Text(), nullable=True),
        sa.Column("template", sa.Text(), nullable=True),
        sa.Column("hidden_reason", sa.Text(), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("household", sa.Text(), nullable=True),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("other_name", sa.Text(), nullable=True),
        sa.Column("birth_date", sa.Text(), nullable=True),
        sa.Column("sex", sa.Text(), nullable=True),
        sa.Column("ethnicity", sa.Text(), nullable=True),
        sa.Column("nationality", sa.Text(), nullable=True),
        sa.Column("religion", sa.Text(), nullable=True),
        sa.Column("personal_id", sa.Text(), nullable=True),
        sa.Column("relation_to_head", sa.Text(), nullable=True),
        sa.Column("birth_place", sa.Text(), nullable=True),
        sa.Column("origin_place", sa.Text(), nullable=True),
        sa.Column("birth_registered", sa.Text(), nullable=True),
        sa.Column("birth_cert_no", sa.Text(), nullable=True),
        sa.Column("residence_status", sa.Text(), nullable=True),
        sa.Column("life_status", sa.Text(), nullable=True),
        sa.Column("name_status", sa.Text(), nullable=True),
        sa.Column("father_name", sa.Text(), nullable=True),
        sa.Column("father_ethnicity", sa.Text(), nullable=True),
        sa.Column("father_personal_id", sa.Text(), nullable=True),
        sa.Column("father_status", sa.Text(), nullable=True),
        sa.Column("father_occupation", sa.Text(), nullable=True),
        sa.Column("father_away_since", sa.Text(), nullable=True),
        sa.Column("mother_name", sa.Text(), nullable=True),
        sa.Column("mother_ethnicity", sa.Text(), nullable=True),
        sa.Column("mother_personal_id", sa.Text(), nullable=True),
        sa.Column("mother_status", sa.Text(), nullable=True),
        sa.Column("mother_occupation", sa.Text(), nullable=True),
        sa.Column("mother_away_since", sa.Text(), nullable=True),
        sa.Column("caregiver_name", sa.Text(), nullable=True),
        sa.Column("caregiver_relation", sa.Text(), nullable=True),
        sa.Column("caregiver_phone", sa.Text(), nullable=True),
        sa.Column("care_arrangement", sa.Text(), nullable=True),
        sa.Column("facility_name", sa.Text(), nullable=True),
        sa.Column("bhyt_number", sa.Text(), nullable=True),
        sa.Column("has_bhyt", sa.Text(), nullable=True),
        sa.Column("bhxh_number", sa.Text(), nullable=True),
        sa.Column("vaccination_status", sa.Text(), nullable=True),
        sa.Column("weight_kg", sa.Text(), nullable=True),
        sa.Column("height_cm", sa.Text(), nullable=True),
        sa.Column("disability_level", sa.Text(), nullable=True),
        sa.Column("disability_cert_no", sa.Text(), nullable=True),
        sa.Column("serious_disease", sa.Text(), nullable=True),
        sa.Column("injury_type", sa.Text(), nullable=True),
        sa.Column("schooling_status", sa.Text(), nullable=True),
        sa.Column("education_level", sa.Text(), nullable=True),
        sa.Column("school_name", sa.Text(), nullable=True),
        sa.Column("dropout_date", sa.Text(), nullable=True),
        sa.Column("dropout_reason", sa.Text(), nullable=True),
        sa.Column("circumstance_answer", sa.Text(), nullable=True),
        sa.Column("monthly_allowance", sa.Text(), nullable=True),
        sa.Column("allowance_category", sa.Text(), nullable=True),
        sa.Column("line_no", sa.BigInteger(), nullable=True),
        sa.Column("birth_order", sa.BigInteger(), nullable=True),
        sa.Column("twin_group", sa.BigInteger(), nullable=True),
        sa.Column("father_birth_year", sa.BigInteger(), nullable=True),
        sa.Column("mother_birth_year", sa.BigInteger(), nullable=True),
        sa.Column("birth_weight_g", sa.BigInteger(), nullable=True),
        sa.Column("grade", sa.BigInteger(), nullable=True),
        sa.Column("highest_grade_completed", sa.BigInteger(), nullable=True),
        sa.Column("parents_divorced", sa.Boolean(), nullable=True),
        sa.Column("intervention_plan", sa.Boolean(), nullable=True),
        sa.Column("entered_in_error", sa.Boolean(), nullable=True),
        sa.Column("complete", sa.Boolean(), nullable=True),
        sa.Column("nutrition_status", sa.Text(), nullable=True),
        sa.Column("disability_types", sa.Text(), nullable=True),
        sa.Column("warning_reasons", sa.Text(), nullable=True),
        sa.Column("inherited", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), nullable=True),
        sa.Column("name_fold", sa.Text(), nullable=True),
        sa.Column("name_sort", sa.Text(), nullable=True),
        sa.Column("search_fold", sa.Text(), nullable=True),
        sa.Column("_key", sa.Text(), nullable=True),
        sa.Column("_seen", sa.Text(), nullable=True),
        sa.Column("_extra", sa.Text(), nullable=True),
        sa.Column("_heads", sa.LargeBinary(), nullable=False),
        sa.Column("_conflicts", sa.Integer(), nullable=False),
        sa.Column("_hidden", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_child")),
    )
    with op.batch_alter_table("child", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_child_household"), ["household"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_child_name_sort_id"), ["name_sort", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_child_owner_unit"), ["owner_unit"], unique=False)
        batch_op.create_index(batch_op.f("ix_child_personal_id"), ["personal_id"], unique=False)

    op.create_table(
        "circumstance",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=True),
        sa.Column("group", sa.Text(), nullable=True),
        sa.Column("circumstance_from", sa.Text(), nullable=True),
        sa.Column("circumstance_to", sa.Text(), nullable=True),
        sa.Column("evidence_ref", sa.Text(), nullable=True),
        sa.Column("verification_status", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("episode", sa.BigInteger(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), nullable=True),
        sa.Column("subgroups", sa.Text(), nullable=True),
        sa.Column("_key", sa.Text(), nullable=True),
        sa.Column("_seen", sa.Text(), nullable=True),
        sa.Column("_extra", sa.Text(), nullable=True),
        sa.Column("_heads", sa.LargeBinary(), nullable=False),
        sa.Column("_conflicts", sa.Integer(), nullable=False),
        sa.Column("_hidden", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circumstance")),
    )
    with op.batch_alter_table("circumstance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_circumstance_record"), ["record"], unique=False)

    op.create_table(
        "code_list",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("edition", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Text(), nullable=True),
        sa.Column("valid_to", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), nullable=True),
        sa.Column("_key", sa.Text(), nullable=True),
        sa.Column("_seen", sa.Text(), nullable=True),
        sa.Column("_extra", sa.Text(), nullable=True),
        sa.Column("_heads", sa.LargeBinary(), nullable=False),
        sa.Column("_conflicts", sa.Integer(), nullable=False),
        sa.Column("_hidden", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_list")),
    )
    op.create_table(
        "conflict",
        sa.Column("ent_id", sa.Text(), nullable=False),
        sa.Column("field_group", sa.Text(), nullable=False),
        sa.Column("ent_type", sa.Text(), nullable=False),
        sa.Column("heads", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("ent_id", "field_group", name=op.f("pk_conflict")),
    )
    op.create_table(
        "counter",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )
    op.create_table(
        "entered",
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("record", "unit", name=op.f("pk_entered")),
    )
    op.create_table(
        "form_template",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=True),
        sa.Column("edition", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Text(), nullable=True),
        sa.Column("valid_to", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), nullable=True),
        sa.Column("_key", sa.Text(), nullable=True),
        sa.Column("_seen", sa.Text(), nullable=True),
        sa.Column("_extra", sa.Text(), nullable=True),
        sa.Column("_heads", sa.LargeBinary(), nullable=False),
        sa.Column("_conflicts", sa.Integer(), nullable=False),
        sa.Column("_hidden", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_template")),
    )
    op.create_table(
        "handover",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner_unit", sa.Text(), nullable=True),
        sa.Column("sent_to", sa.Text(), nullable=True),
        sa.Column("sent_on", sa.Text(), nullable=True),
        sa.Column("sent_by", sa.Text(), nullable=True),
        sa.Column("sent_by_title", sa.Text(), nullable=True),
        sa.Column("sent_round", sa.Text(), nullable=True),
        sa.Column("sent_manifest", sa.Text(), nullable=True),
        sa.Column("sent_station", sa.Text(), nullable=True),
        sa.Column("sent_file", sa.Text(), nullable=True),
        sa.Column("sent_sha256", sa.Text(), nullable=True),
        sa.Column("sent_app", sa.Text(), nullable=True),
        sa.Column("received_commune_on", sa.Text(), nullable=True),
        sa.Column("received_commune_by", sa.Text(), nullable=True),
        sa.Column("received_commune_manifest", sa.Text(), nullable=True),
        sa.Column("received_district_on", sa.Text(), nullable=True),
        sa.Column("received_district_by", sa.Text(), nullable=True),
        sa.Column("received_district_manifest", sa.Text(), nullable=True),
        sa.Column("received_province_on", sa.Text(), nullable=True),
        sa.Column("received_province_by", sa.Text(), nullable=True),
        sa.Column("received_province_manifest", sa.Text(), nullable=True),
        sa.Column("verdict_commune", sa.Text(), nullable=True),
        sa.Column("verdict_commune_on", sa.Text(), nullable=True),
        sa.Column("verdict_commune_by", sa.Text(), nullable=True),
        sa.Column("verdict_commune_reason", sa.Text(), nullable=True),
        sa.Column("verdict_district", sa.Text(), nullable=True),
        sa.Column("verdict_district_on", sa.Text(), nullable=True),
        sa.Column("verdict_district_by", sa.Text(), nullable=True),
        sa.Column("verdict_district_reason", sa.Text(), nullable=True),
        sa.Column("verdict_province", sa.Text(), nullable=True),
        sa.Column("verdict_province_on", sa.Text(), nullable=True),
        sa.Column("verdict_province_by", sa.Text(), nullable=True),
        sa.Column("verdict_province_reason", sa.Text(), nullable=True),
        sa.Column("sent_seq", sa.BigInteger(), nullable=True),
        sa.Column("sent_bytes", sa.BigInteger(), nullable=True),
        sa.Column("sent_households", sa.BigInteger(), nullable=True),
        sa.Column("sent_children", sa.BigInteger(), nullable=True),
        sa.Column("sent_girls", sa.BigInteger(), nullable=True),
        sa.Column("sent_incomplete", sa.BigInteger(), nullable=True),
        sa.Column("sent_errors", sa.BigInteger(), nullable=True),
        sa.Column("sent_warnings", sa.BigInteger(), nullable=True),
        sa.Column("sent_ops", sa.BigInteger(), nullable=True),
        sa.Column("received_commune_households", sa.BigInteger(), nullable=True),
        sa.Column("received_commune_children", sa.BigInteger(), nullable=True),
        sa.Column("received_commune_girls", sa.BigInteger(), nullable=True),
        sa.Column("received_commune_incomplete", sa.BigInteger(), nullable=True),
        sa.Column("received_commune_refused", sa.BigInteger(), nullable=True),
        sa.Column("received_commune_waiting", sa.BigInteger(), nullable=True),
        sa.Column("received_district_households", sa.BigInteger(), nullable=True),
        sa.Column("received_district_children", sa.BigInteger(), nullable=True),
        sa.Column("received_district_girls", sa.BigInteger(), nullable=True),
        sa.Column("received_district_incomplete", sa.BigInteger(), nullable=True),
        sa.Column("received_district_refused", sa.BigInteger(), nullable=True),
        sa.Column("received_district_waiting", sa.BigInteger(), nullable=True),
        sa.Column("received_province_households", sa.BigInteger(), nullable=True),
        sa.Column("received_province_children", sa.BigInteger(), nullable=True),
        sa.Column("received_province_girls", sa.BigInteger(), nullable=True),
        sa.Column("received_province_incomplete", sa.BigInteger(), nullable=True),
        sa.Column("received_province_refused", sa.BigInteger(), nullable=True),
        sa.Column("received_province_waiting", sa.BigInteger(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), nullable=True),
        sa.Column("_key", sa.Text(), nullable=True),
        sa.Column("_seen", sa.Text(), nullable=True),
        sa.Column("_extra", sa.Text(), nullable=True),
        sa.Column("_heads", sa.LargeBinary(), nullable=False),
        sa.Column("_conflicts", sa.Integer(), nullable=False),
        sa.Column("_hidden", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_owner_unit"), ["owner_unit"], unique=False)

    op.create_table(
        "household",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner_unit", sa.Text(), nullable=True),
        sa.Column("template", sa.Text(), nullable=True),
        sa.Column("hidden_reason", sa.Text(), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("village", sa.Text(), nullable=True),
        sa.Column("household_no", sa.Text(), nullable=True),
        sa.Column("head_name", sa.Text(), nullable=True),
        sa.Column("head_personal_id", sa.Text(), nullable=True),
        sa.Column("head_sex", sa.Text(), nullable=True),
        sa.Column("head_ethnicity", sa.Text(), nullable=True),
        sa.Column("address_detail", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("residence_status", sa.Text(), nullable=True),
        sa.Column("poverty_status", sa.Text(), nullable=True),
        sa.Column("poverty_standard", sa.Text(), nullable=True),
        sa.Column("poverty_certificate_no", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("book_number", sa.Text(), nullable=True),
        sa.Column("enumerator_name", sa.Text(), nullable=True),
        sa.Column("enumerator_phone", sa.Text(), nullable=True),
        sa.Column("survey_round", sa.Text(), nullable=True),
        sa.Column("survey_date", sa.Text(), nullable=True),
        sa.Column("head_birth_year", sa.BigInteger(), nullable=True),
        sa.Column("poverty_year", sa.BigInteger(), nullable=True),
        sa.Column("entered_in_error", sa.Boolean(), nullable=True),
        sa.Column("complete", sa.Boolean(), nullable=True),
        sa.Column("family_problem_flags", sa.Text(), nullable=True),
        sa.Column("warning_reasons", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), nullable=True),
        sa.Column("head_fold", sa.Text(), nullable=True),
        sa.Column("head_sort", sa.Text(), nullable=True),
        sa.Column("no_sort", sa.Text(), nullable=True),
        sa.Column("search_fold", sa.Text(), nullable=True),
        sa.Column("_key", sa.Text(), nullable=True),
        sa.Column("_seen", sa.Text(), nullable=True),
        sa.Column("_extra", sa.Text(), nullable=True),
        sa.Column("_heads", sa.LargeBinary(), nullable=False),
        sa.Column("_conflicts", sa.Integer(), nullable=False),
        sa.Column("_hidden", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
    )
    with op.batch_alter_table("household", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_household_owner_unit"), ["owner_unit"], unique=False)
        batch_op.create_index(batch_op.f("ix_household_village"), ["village"], unique=False)

    op.create_table(
        "life_event",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=True),
        sa.Column("event", sa.Text(), nullable=True),
        sa.Column("event_date", sa.Text(), nullable=True),
        sa.Column("event_place", sa.Text(), nullable=True),
        sa.Column("event_unit", sa.Text(), nullable=True),
        sa.Column("death_cause", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("act", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), nullable=True),
        sa.Column("_key", sa.Text(), nullable=True),
        sa.Column("_seen", sa.Text(), nullable=True),
        sa.Column("_extra", sa.Text(), nullable=True),
        sa.Column("_heads", sa.LargeBinary(), nullable=False),
        sa.Column("_conflicts", sa.Integer(), nullable=False),
        sa.Column("_hidden", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_life_event")),
    )
    with op.batch_alter_table("life_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_life_event_record"), ["record"], unique=False)

    op.create_table(
        "line_in",
        sa.Column("replica", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("have", sa.BigInteger(), nullable=False),
        sa.Column("newest_seq", sa.Integer(), nullable=False),
        sa.Column("ack_seq", sa.Integer(), nullable=False),
        sa.Column("ack_bundle", sa.LargeBinary(), nullable=True),
        sa.Column("forked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("replica", name=op.f("pk_line_in")),
    )
    op.create_table(
        "op",
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("ent_id", sa.Text(), nullable=False),
        sa.Column("op_id", sa.LargeBinary(), nullable=False),
        sa.Column("ent_type", sa.Text(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("parents", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("replica", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("wall", sa.BigInteger(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=True),
        sa.Column("bundle_in", sa.Integer(), nullable=True),
        sa.Column("act", sa.Text(), nullable=True),
        sa.Column("writes_owner", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("judged_for", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('accepted','waiting','refused','set_aside')", name=op.f("ck_op_state")
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_op")),
        sa.UniqueConstraint("ent_id", "op_id", name=op.f("uq_op_ent_id_op_id")),
    )
    with op.batch_alter_table("op", schema=None) as batch_op:
        batch_op.create_index(
            "ix_op_act", ["act"], unique=False, sqlite_where=sa.text("act IS NOT NULL")
        )
        batch_op.create_index(
            "ix_op_root", ["root"], unique=False, sqlite_where=sa.text("root != ent_id")
        )
        batch_op.create_index(
            "ix_op_state", ["state"], unique=False, sqlite_where=sa.text("state != 'accepted'")
        )
        batch_op.create_index(
            "ix_op_writes_owner", ["ent_id"], unique=False, sqlite_where=sa.text("writes_owner = 1")
        )

    op.create_table(
        "org_unit",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("edition", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("tier", sa.Text(), nullable=True),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Text(), nullable=True),
        sa.Column("valid_to", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), nullable=True),
        sa.Column("_key", sa.Text(), nullable=True),
        sa.Column("_seen", sa.Text(), nullable=True),
        sa.Column("_extra", sa.Text(), nullable=True),
        sa.Column("_heads", sa.LargeBinary(), nullable=False),
        sa.Column("_conflicts", sa.Integer(), nullable=False),
        sa.Column("_hidden", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_org_unit")),
    )
    op.create_table(
        "org_unit_successor",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("old_unit", sa.Text(), nullable=True),
        sa.Column("new_unit", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Text(), nullable=True),
        sa.Column("split", sa.Boolean(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), nullable=True),
        sa.Column("_key", sa.Text(), nullable=True),
        sa.Column("_seen", sa.Text(), nullable=True),
        sa.Column("_extra", sa.Text(), nullable=True),
        sa.Column("_heads", sa.LargeBinary(), nullable=False),
        sa.Column("_conflicts", sa.Integer(), nullable=False),
        sa.Column("_hidden", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_org_unit_successor")),
    )
    op.create_table(
        "peer",
        sa.Column("replica", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("acked", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("replica", "unit", name=op.f("pk_peer")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner_unit", sa.Text(), nullable=True),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("roles", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("hidden_reason", sa.Text(), nullable=True),
        sa.Column("entered_in_error", sa.Boolean(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), nullable=True),
        sa.Column("name_fold", sa.Text(), nullable=True),
        sa.Column("name_sort", sa.Text(), nullable=True),
        sa.Column("_key", sa.Text(), nullable=True),
        sa.Column("_seen", sa.Text(), nullable=True),
        sa.Column("_extra", sa.Text(), nullable=True),
        sa.Column("_heads", sa.LargeBinary(), nullable=False),
        sa.Column("_conflicts", sa.Integer(), nullable=False),
        sa.Column("_hidden", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_owner_unit"), ["owner_unit"], unique=False)

    op.create_table(
        "record_owner",
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("record", "unit", name=op.f("pk_record_owner")),
    )
    with op.batch_alter_table("record_owner", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_record_owner_unit"), ["unit"], unique=False)

    op.create_table(
        "record_owner_ever",
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("record", "unit", name=op.f("pk_record_owner_ever")),
    )
    with op.batch_alter_table("record_owner_ever", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_record_owner_ever_unit"), ["unit"], unique=False)

    op.create_table(
        "refused_above",
        sa.Column("op_id", sa.LargeBinary(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("ent_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("op_id", "sender", name=op.f("pk_refused_above")),
    )
    op.create_table(
        "review",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("reviewer", sa.Text(), nullable=True),
        sa.Column("reviewed_on", sa.Text(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("handover", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), nullable=True),
        sa.Column("reviewed_heads", sa.Text(), nullable=True),
        sa.Column("_key", sa.Text(), nullable=True),
        sa.Column("_seen", sa.Text(), nullable=True),
        sa.Column("_extra", sa.Text(), nullable=True),
        sa.Column("_heads", sa.LargeBinary(), nullable=False),
        sa.Column("_conflicts", sa.Integer(), nullable=False),
        sa.Column("_hidden", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_record"), ["record"], unique=False)

    op.create_table(
        "round",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("reference_date", sa.Text(), nullable=True),
        sa.Column("born_from", sa.Text(), nullable=True),
        sa.Column("opens_on", sa.Text(), nullable=True),
        sa.Column("closes_on", sa.Text(), nullable=True),
        sa.Column("enumerators_until", sa.Text(), nullable=True),
        sa.Column("commune_until", sa.Text(), nullable=True),
        sa.Column("district_until", sa.Text(), nullable=True),
        sa.Column("province_until", sa.Text(), nullable=True),
        sa.Column("template_edition", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("blocking_rules", sa.Text(), nullable=True),
        sa.Column("units", sa.Text(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), nullable=True),
        sa.Column("_key", sa.Text(), nullable=True),
        sa.Column("_seen", sa.Text(), nullable=True),
        sa.Column("_extra", sa.Text(), nullable=True),
        sa.Column("_heads", sa.LargeBinary(), nullable=False),
        sa.Column("_conflicts", sa.Integer(), nullable=False),
        sa.Column("_hidden", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
    )
    op.create_table(
        "station",
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("age", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("not_after", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("station", "fingerprint", name=op.f("pk_station")),
    )
    with op.batch_alter_table("station", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_station_unit"), ["unit"], unique=False)

    op.create_table(
        "support",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=True),
        sa.Column("support_date", sa.Text(), nullable=True),
        sa.Column("support_provider", sa.Text(), nullable=True),
        sa.Column("support_amount", sa.BigInteger(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), nullable=True),
        sa.Column("support_type", sa.Text(), nullable=True),
        sa.Column("_key", sa.Text(), nullable=True),
        sa.Column("_seen", sa.Text(), nullable=True),
        sa.Column("_extra", sa.Text(), nullable=True),
        sa.Column("_heads", sa.LargeBinary(), nullable=False),
        sa.Column("_conflicts", sa.Integer(), nullable=False),
        sa.Column("_hidden", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support")),
    )
    with op.batch_alter_table("support", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_support_record"), ["record"], unique=False)

    op.create_table(
        "trust",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", name=op.f("pk_trust")),
    )
    op.create_table(
        "village",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner_unit", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("hidden_reason", sa.Text(), nullable=True),
        sa.Column("successor", sa.Text(), nullable=True),
        sa.Column("list_order", sa.BigInteger(), nullable=True),
        sa.Column("expected_households", sa.BigInteger(), nullable=True),
        sa.Column("expected_children", sa.BigInteger(), nullable=True),
        sa.Column("entered_in_error", sa.Boolean(), nullable=True),
        sa.Column("_deleted", sa.Boolean(), nullable=True),
        sa.Column("name_fold", sa.Text(), nullable=True),
        sa.Column("name_sort", sa.Text(), nullable=True),
        sa.Column("_key", sa.Text(), nullable=True),
        sa.Column("_seen", sa.Text(), nullable=True),
        sa.Column("_extra", sa.Text(), nullable=True),
        sa.Column("_heads", sa.LargeBinary(), nullable=False),
        sa.Column("_conflicts", sa.Integer(), nullable=False),
        sa.Column("_hidden", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_village")),
    )
    with op.batch_alter_table("village", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_village_owner_unit"), ["owner_unit"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("village", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_village_owner_unit"))

    op.drop_table("village")
    op.drop_table("trust")
    with op.batch_alter_table("support", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_support_record"))

    op.drop_table("support")
    with op.batch_alter_table("station", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_station_unit"))

    op.drop_table("station")
    op.drop_table("setting")
    op.drop_table("round")
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_record"))

    op.drop_table("review")
    op.drop_table("refused_above")
    with op.batch_alter_table("record_owner_ever", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_record_owner_ever_unit"))

    op.drop_table("record_owner_ever")
    with op.batch_alter_table("record_owner", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_record_owner_unit"))

    op.drop_table("record_owner")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_owner_unit"))

    op.drop_table("person")
    op.drop_table("peer")
    op.drop_table("org_unit_successor")
    op.drop_table("org_unit")
    with op.batch_alter_table("op", schema=None) as batch_op:
        batch_op.drop_index("ix_op_writes_owner", sqlite_where=sa.text("writes_owner = 1"))
        batch_op.drop_index("ix_op_state", sqlite_where=sa.text("state != 'accepted'"))
        batch_op.drop_index("ix_op_root", sqlite_where=sa.text("root != ent_id"))
        batch_op.drop_index("ix_op_act", sqlite_where=sa.text("act IS NOT NULL"))

    op.drop_table("op")
    op.drop_table("line_in")
    with op.batch_alter_table("life_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_life_event_record"))

    op.drop_table("life_event")
    with op.batch_alter_table("household", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_household_village"))
        batch_op.drop_index(batch_op.f("ix_household_owner_unit"))

    op.drop_table("household")
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handover_owner_unit"))

    op.drop_table("handover")
    op.drop_table("form_template")
    op.drop_table("entered")
    op.drop_table("counter")
    op.drop_table("conflict")
    op.drop_table("code_list")
    with op.batch_alter_table("circumstance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_circumstance_record"))

    op.drop_table("circumstance")
    with op.batch_alter_table("child", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_child_personal_id"))
        batch_op.drop_index(batch_op.f("ix_child_owner_unit"))
        batch_op.drop_index(batch_op.f("ix_child_name_sort_id"))
        batch_op.drop_index(batch_op.f("ix_child_household"))

    op.drop_table("child")
    op.drop_table("bundle_out")
    with op.batch_alter_table("bundle_in", schema=None) as batch_op:
        batch_op.drop_index("ix_bundle_in_line")

    op.drop_table("bundle_in")
    op.drop_table("audit_event")
    op.drop_table("account")
