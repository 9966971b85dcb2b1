"""`deploy/kubernetes.yaml`: valid by the schemas of Kubernetes, and true to what the application needs."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from config import PROJECT, Settings
from webapp import gunicorn

DOCUMENTS: dict[str, dict[str, Any]] = {
    each["kind"]: each for each in yaml.safe_load_all((PROJECT / "deploy/kubernetes.yaml").read_text(encoding="utf-8"))
}
KINDS = {
    "Deployment": "io.k8s.api.apps.v1.Deployment",
    "Service": "io.k8s.api.core.v1.Service",
    "PodDisruptionBudget": "io.k8s.api.policy.v1.PodDisruptionBudget",
}
POD: dict[str, Any] = DOCUMENTS["Deployment"]["spec"]["template"]
CONTAINER: dict[str, Any] = POD["spec"]["containers"][0]


def check(kind: str, document: object) -> None:
    schema = json.loads((PROJECT / "tests/data/kubernetes_1_34.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator({"$defs": schema["$defs"], "$ref": f"#/$defs/{KINDS[kind]}"}).validate(document)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_what_kubernetes_accepts(kind: str) -> None:
    """Unknown fields included, which kubectl would drop with a warning."""
    check(kind, DOCUMENTS[kind])
    with pytest.raises(jsonschema.ValidationError):
        check(kind, DOCUMENTS[kind] | {"specs": {}})


def test_everything_means_the_same_pods() -> None:
    """Service, budget and deployment select what the template makes, and the budget leaves room for a restart."""
    labels = POD["metadata"]["labels"]
    matching = [DOCUMENTS[kind]["spec"]["selector"]["matchLabels"] for kind in ("Deployment", "PodDisruptionBudget")]
    assert [labels, labels, labels] == [*matching, DOCUMENTS["Service"]["spec"]["selector"]]
    assert DOCUMENTS["PodDisruptionBudget"]["spec"]["minAvailable"] < DOCUMENTS["Deployment"]["spec"]["replicas"]


def test_a_pod_has_no_rights_and_the_user_of_the_image() -> None:
    """A number, as Kubernetes compares it with root's; and files that cannot be written."""
    user = f"{POD['spec']['securityContext']['runAsUser']}:{POD['spec']['securityContext']['runAsGroup']}"
    assert f"\nUSER {user}\n" in (PROJECT / "Dockerfile").read_text()
    context = CONTAINER["securityContext"]
    assert (False, True, ["ALL"]) == (
        context["allowPrivilegeEscalation"], context["readOnlyRootFilesystem"], context["capabilities"]["drop"],
    )  # fmt: skip


def test_nobody_is_cut_off_when_a_pod_goes() -> None:
    """The pod may live as long as requests still arrive, plus what the server gives sign-ons in progress."""
    pause = int(CONTAINER["lifecycle"]["preStop"]["exec"]["command"][1])
    assert POD["spec"]["terminationGracePeriodSeconds"] > pause + gunicorn.graceful_timeout


def test_probes_touch_neither_pingone_nor_the_store() -> None:
    """Both are everybody's: no pod would be ready, and each would be killed for what a restart does not mend."""
    probes = [CONTAINER[f"{name}Probe"]["httpGet"] for name in ("startup", "readiness", "liveness")]
    assert [{"path": "/healthz", "port": "http"}] * 3 == probes


def test_the_application_starts_with_its_settings(tmp_path: Path) -> None:
    """Every name is a setting, and they are accepted together; the secrets are files that the pod mounts."""
    environment = {each["name"]: each["value"] for each in CONTAINER["env"]}
    mounted = {mount["name"]: mount["mountPath"] for mount in CONTAINER["volumeMounts"]}
    for name, path in environment.items():
        if name.endswith("_FILE"):
            (tmp_path / Path(path).name).write_text("0123456789-abcdefghijklmnopqrstuvwxyz-9876543210")
            assert Path(path).parent == Path(mounted["secrets"])
    moved = {name: value.replace(mounted["secrets"], str(tmp_path)) for name, value in environment.items()}
    settings = Settings.from_env({"HOST": "0.0.0.0", "SIMULATOR": "off", **moved})
    assert set() == {name.removesuffix("_FILE") for name in environment} - {row[0] for row in settings.rows()}
    listening = {each["name"]: each["containerPort"] for each in CONTAINER["ports"]}
    assert {"http": settings.port, "metrics": settings.metrics_port} == listening
    assert str(settings.metrics_port) == POD["metadata"]["annotations"]["prometheus.io/port"]
