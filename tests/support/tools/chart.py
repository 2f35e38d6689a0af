"""Lints and renders a chart with Helm's own engine and validates every object strictly.

Reads {"chart", "kubernetes", "cases": [{"name", "release", "values"}], "objects"} from standard input; values are YAML text, and
`kubernetes` lists versions. Writes {"cases", "findings"}: for each case {"name", "refused"} or {"name", "findings", "objects",
"notes"}, with the findings of lint and schemas, which should be empty; and for each of the objects what the schemas find in it.
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


def findings(item, versions):
    """What is wrong with an object, by each version of Kubernetes."""
    models = MODELS.get(item["apiVersion"])
    if models:
        kind = getattr(importlib.import_module(models), item["kind"])
        checks = [lambda: kind.model_validate(item, extra="forbid")]
    else:
        checks = [lambda version=version: kubernetes_validate.validate(item, version, strict=True) for version in versions]
    found = []
    for check in checks:
        try:
            check()
        except Exception as error:
            found.append(str(error))
    return found


def examine(chart, path, versions, case):
    values = yaml.safe_load(case["values"]) or {}
    try:
        chart.validate_schema(values)
        rendered = chart.render(values, name=case["release"], namespace="cargo")
    except helm.HelmError as error:
        return {"name": case["name"], "refused": str(error)}
    found = []
    for version in versions:
        lint = helm.lint(path, values, strict=True, kube_version=f"v{version}.0")
        # 1 is information, such as a missing icon.
        found += lint["errors"] + [message["error"] for message in lint["messages"] if message["severity"] > 1]
    objects = []
    for template, text in rendered.items():
        if template.endswith("NOTES.txt"):
            continue
        for item in filter(None, yaml.safe_load_all(text)):
            objects.append(item)
            found += [f"{template}: {finding}" for finding in findings(item, versions)]
    notes = next(text for template, text in rendered.items() if template.endswith("NOTES.txt"))
    return {"name": case["name"], "findings": found, "objects": objects, "notes": notes}


def main():
    asked = json.load(sys.stdin)
    chart, versions = helm.Chart.load(asked["chart"]), asked["kubernetes"]
    cases = [examine(chart, asked["chart"], versions, case) for case in asked["cases"]]
    json.dump({"cases": cases, "findings": [findings(item, versions) for item in asked["objects"]]}, sys.stdout)


main()
