"""The words of village names, from the lists, for whoever reads villages that people wrote."""

from __future__ import annotations

import json
from functools import cache

from app.forms.code_lists import load_code_list
from app.matching.village_names import VillageWords
from app.settings import resources_dir


@cache
def village_words() -> VillageWords:
    """The kinds of villages and the numbers in words."""
    file = resources_dir() / "lists" / "village_words.json"
    words = json.loads(file.read_text(encoding="utf-8"))
    kinds = {item.code: (item.label_vi, *item.aliases) for item in load_code_list("village_kinds")}
    return VillageWords(kinds, words["number_sign"], words["numbers"])
