"""The text of an `area.toml`, with a comment beside every rule."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ponplan.area.settings import SettingsTable, class_rule_fields, rule_fields, rules_as_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ponplan.area.model import Area, ClassRule, Office, Omission


def settings_text(area: Area) -> str:
    """Write name, CRS, offices, rules and omissions of an area as TOML."""
    blocks = [
        f"# customers, sites and routes stand in area.gpkg\nname = {_value(area.name)}\ncrs = {_value(area.crs)}",
        *(_office(office) for office in area.offices),
        _rules(area),
        _mapping("class_technology", area.rules.class_technology),
        _mapping("tier_technology", area.rules.tier_technology),
        _mapping("technology_optics", area.rules.technology_optics),
        _mapping("service_growth", area.rules.service_growth),
        _mapping("class_protection", area.rules.class_protection),
        _mapping("service_protection", area.rules.service_protection),
        _mapping("served_from", area.rules.served_from),
        _mapping("not_served_from", area.rules.not_served_from),
        *(_class_rule(name, rule) for name, rule in area.rules.class_rules.items()),
        *(_omission(omission) for omission in area.omissions),
    ]
    return "\n\n".join(blocks) + "\n"


def _office(office: Office) -> str:
    return "\n".join(
        [
            "[[office]]",
            f"id = {_value(office.id)}",
            f"name = {_value(office.name)}",
            f"x = {_value(float(office.x_m))}  # in the area's CRS; lon and lat in degrees would do as well",
            f"y = {_value(float(office.y_m))}",
            f"allowed = {_value(office.allowed)}",
        ]
    )


def _rules(area: Area) -> str:
    return "\n".join(["[rules]", *_commented(rules_as_table(area.rules), rule_fields())])


def _class_rule(customer_class: str, rule: ClassRule) -> str:
    values = {name: getattr(rule, name) for name in class_rule_fields()}
    return "\n".join([f"[class_rules.{_value(customer_class)}]", *_commented(values, class_rule_fields())])


def _commented(values: Mapping[str, object], meanings: Mapping[str, str]) -> list[str]:
    return [
        f"# {name} =  # {meaning}" if values[name] is None else f"{name} = {_value(values[name])}  # {meaning}"
        for name, meaning in meanings.items()
    ]


def _mapping(name: str, pairs: Mapping[str, str] | Mapping[str, float] | Mapping[str, tuple[str, ...]]) -> str:
    meaning = SettingsTable.model_fields[name].description
    lines = [f"{_value(key)} = {_value(value)}" for key, value in pairs.items()]
    return "\n".join([f"[{name}]  # {meaning}", *lines])


def _omission(omission: Omission) -> str:
    return "\n".join(
        [
            "[[omission]]  # left out by the import",
            f"what = {_value(omission.what)}",
            f"count = {omission.count}",
            f"reason = {_value(omission.reason)}",
            f"examples = [{', '.join(_value(example) for example in omission.examples)}]",
        ]
    )


def _value(value: object) -> str:
    """Write one TOML value; JSON's string escapes are TOML's but for the delete character."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, tuple):
        return f"[{', '.join(_value(one) for one in value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)
