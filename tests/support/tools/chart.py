"""Lints and renders a chart with Helm's own engine and validates every object strictly.

Reads {"chart", "kubernetes", "cases": [{"name", "values"}]} from standard input; values are YAML text. Writes, for each case,
{"name", "refused"} or {"name", "findings", "objects", "notes"}: findings of lint and schemas, which should be empty.
"""

import importlib
import json
import sys

import helm_python as helm
import kubernetes_validate
import yaml

MODELS = {
    "keda.sh/v1alpha1": "cloudcoil.models.keda.v1alpha1",
    "monitoring.coreos.com/v1": "cloudcoil.models.prometheus_operator.v1",
}


def validate(item, kubernetes):
    """Raises what is wrong with an object."""
    models = MODELS.get(item["apiVersion"])
    if models:
        getattr(importlib.import_module(models), item["kind"]).model_validate(item, extra="forbid")
    else:
        kubernetes_validate.validate(item, kubernetes, strict=True)


def check(chart, path, kubernetes, case):
    values = yaml.safe_load(case["values"]) or {}
    try:
        chart.validate_schema(values)
        rendered = chart.render(values, name="gate", namespace="cargo")
    except helm.HelmError as error:
        return {"name": case["name"], "refused": str(error)}
    lint = helm.lint(path, values, strict=True, kube_version=f"v{kubernetes}.0")
    # 1 is information, such as a missing icon.
    findings = lint["errors"] + [message["error"] for message in lint["messages"] if message["severity"] > 1]
    objects = []
    for template, text in rendered.items():
        if template.endswith("NOTES.txt"):
            continue
        for item in filter(None, yaml.safe_load_all(text)):
            objects.append(item)
            try:
                validate(item, kubernetes)
            except Exception as error:
                findings.append(f"{template}: {error}")
    notes = next(text for template, text in rendered.items() if template.endswith("NOTES.txt"))
    return {"name": case["name"], "findings": findings, "objects": objects, "notes": notes}


def main():
    asked = json.load(sys.stdin)
    chart = helm.Chart.load(asked["chart"])
    results = [check(chart, asked["chart"], asked["kubernetes"], case) for case in asked["cases"]]
    json.dump(results, sys.stdout)


main()
