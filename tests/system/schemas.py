#!/usr/bin/env python3
"""The JSON Schemas are valid, accept every shipped file, and refuse the structural mistakes that the reader refuses."""
import json
import re
import unittest

import jsonschema
import yaml

from program import ROOT, main, output

FOLDERS = {"machine": "configs/machines", "technology": "configs/technologies",
           "experiment": "configs/experiments", "workload": "workloads", "sweep": "configs/sweeps"}

# Cases of bad_input that a schema can see: keys, types, ranges, spellings.
STRUCTURAL = {"machine": ("unknown_key", "misspelt_key", "wrong_type", "list_for_a_number", "text_for_a_section",
                          "missing_unit", "wrong_unit", "unknown_word", "several_problems", "missing_schema_version",
                          "future_schema_version", "wrong_kind"),
              "workload": ("missing_key", "zero_dimension", "negative_dimension", "huge_dimension", "large_dimension",
                           "bits_out_of_range")}


def load(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def validator(kind):
    schema = json.loads(output("schema", kind))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


class Schemas(unittest.TestCase):
    def test_every_shipped_file_is_valid(self):
        for kind, folder in FOLDERS.items():
            check = validator(kind)
            files = sorted((ROOT / folder).glob("*.yaml"))
            self.assertTrue(files)
            for path in files:
                with self.subTest(path.name):
                    self.assertEqual([error.message for error in check.iter_errors(load(path))], [])

    def test_structural_mistakes_are_refused(self):
        for kind, cases in STRUCTURAL.items():
            check = validator(kind)
            file = "machine.yaml" if kind == "machine" else "network.yaml"
            for case in cases:
                with self.subTest(case):
                    self.assertFalse(check.is_valid(load(ROOT / "tests/system/bad_input" / case / file)))

    def test_a_file_that_includes_another_need_not_be_complete(self):
        check = validator("machine")
        change = {"schema_version": 1, "kind": "machine", "include": "stripes"}
        self.assertTrue(check.is_valid(change))
        del change["include"]
        self.assertFalse(check.is_valid(change))

    def test_a_unit_has_the_keys_of_its_kind_only(self):
        check = validator("machine")
        stripes = load(ROOT / "configs/machines/dadiannao.yaml")
        self.assertTrue(check.is_valid(stripes))
        stripes["unit"]["serial"] = "weights"
        self.assertFalse(check.is_valid(stripes))

    def test_every_key_has_a_description(self):
        for kind in FOLDERS:
            undocumented = []
            self.collect(json.loads(output("schema", kind)), kind, undocumented)
            self.assertEqual(sorted(set(undocumented)), [])

    def test_every_key_stands_in_the_documentation(self):
        pages = [path for path in (ROOT / "docs").glob("*.md") if path.name != "metrics.md"]
        words = set(re.findall(r"\w+", " ".join(path.read_text(encoding="utf-8") for path in pages)))
        for kind in FOLDERS:
            if kind == "technology":  # read beside an example: docs/configuration.md
                continue
            missing = set()
            self.collect_keys(json.loads(output("schema", kind)), missing)
            self.assertEqual(sorted(missing - words), [], kind)

    def collect_keys(self, node, keys):
        for item in node if isinstance(node, list) else []:
            self.collect_keys(item, keys)
        if not isinstance(node, dict):
            return
        properties = node.get("properties", {})
        keys.update(properties)
        for name, value in properties.items():
            if name != "technology":
                self.collect_keys(value, keys)
        for name, value in node.items():
            if name != "properties":
                self.collect_keys(value, keys)

    def collect(self, node, path, undocumented):
        if isinstance(node, list):
            for item in node:
                self.collect(item, path, undocumented)
        if not isinstance(node, dict):
            return
        for name, value in node.get("properties", {}).items():
            # Sections, references and the constants of a variant explain themselves by what they hold.
            if "type" in value and value["type"] not in ("object", "array") and "description" not in value:
                undocumented.append(f"{path}.{name}")
        for name, value in node.items():
            self.collect(value, f"{path}.{name}", undocumented)


if __name__ == "__main__":
    main()
