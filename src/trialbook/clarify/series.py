"""Time series as a data set: items out of JSON in any of three formats, each forecast explained over its steps.

The expressions of `time_series_data_config` are laid on each record by itself (item_records), or on the whole document,
whose flat lists are then sorted out by item (columns, timestamp_records).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.errors import ClarifyError, ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from trialbook.clarify.asymmetric import SeriesAttributions, SeriesBaseline
    from trialbook.clarify.batching import Floats
    from trialbook.clarify.config import Config
    from trialbook.clarify.dataset import Dataset
    from trialbook.clarify.endpoint import Send
    from trialbook.clarify.findings import Findings

WHERE = "time_series_data_config"


@dataclass
class Item:
    """One item: T steps of its target, L steps of R related series, S static covariates."""

    name: Any
    timestamps: list[Any] = field(default_factory=list)
    target: list[float] = field(default_factory=list)
    related: list[list[float]] = field(default_factory=list)
    static: list[float] = field(default_factory=list)


def explain_series(
    config: Config,
    data: Dataset,
    model: Callable[..., object],
    findings: Findings,
    progress: Callable[[str, int, int], None] | None,
) -> None:
    """Explain the forecast of every item by asymmetric Shapley values, into `findings.forecasts`.

    Raises
    ------
    ConfigError
        If an expression finds nothing, or finds other than numbers.
    PredictionError
        If the model fails.
    """
    from trialbook.clarify.asymmetric import asymmetric_shapley

    asked = config["methods"]["asymmetric_shapley_value"]
    assert data.source is not None
    items = read_items(config[WHERE], data.source)
    findings.rows = len(items)
    for done, item in enumerate(items):
        start = item.timestamps[0] if item.timestamps else None

        def forecast(target: Floats, related: Floats, static: Floats, start: Any = start) -> object:
            return model(target, related, static, start)

        found = asymmetric_shapley(
            forecast,
            item.target,
            related=np.array(item.related).T if item.related else None,
            static=item.static or None,
            baseline=_baseline(asked.get("baseline"), item),
            direction=asked["direction"],
            granularity=asked["granularity"],
            num_samples=asked.get("num_samples"),
            timestamps=item.timestamps,
            names=_names(config[WHERE]),
        )
        findings.forecasts.append((str(item.name), found))
        if progress is not None:
            progress("explaining forecasts", done + 1, len(items))
    folder = f"{asked['granularity']}_{asked['direction']}"
    findings.series = {
        "direction": asked["direction"],
        "granularity": asked["granularity"],
        "explanation_results_path": f"asymmetric_shapley_value/{folder}",
    }


def lines_of(forecasts: list[tuple[str, SeriesAttributions]]) -> str:
    """Write out.jsonl: a line an item."""
    return "".join(json.dumps({"item_id": name, **found.to_dict()}) + "\n" for name, found in forecasts)


def _names(config: Mapping[str, Any]) -> list[str]:
    expressions = [config["target_time_series"], *config.get("related_time_series", [])]
    expressions += config.get("static_covariates", [])
    return [str(one).rpartition(".")[2].strip("[]*") or str(one) for one in expressions]


def _baseline(given: Any, item: Item) -> SeriesBaseline | None:
    from trialbook.clarify.asymmetric import SeriesBaseline

    where = "methods.asymmetric_shapley_value.baseline"
    if given is None:
        return None
    if not isinstance(given, dict):
        raise ConfigError(where, "is an object with target_time_series, related_time_series, static_covariates")
    static = given.get("static_covariates")
    if isinstance(static, dict):
        if str(item.name) not in {str(name) for name in static}:
            raise ConfigError(f"{where}.static_covariates", f"has no values for the item {item.name!r}")
        static = next(values for name, values in static.items() if str(name) == str(item.name))
    return SeriesBaseline(given.get("target_time_series", "zero"), given.get("related_time_series", "zero"), static)


def read_items(config: Mapping[str, Any], path: Path) -> list[Item]:
    """Read the items of a JSON file.

    Raises
    ------
    ConfigError
        If an expression finds nothing, or lists that do not fit each other.
    ClarifyError
        If the file is not JSON.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"{path}: {error}"
        raise ClarifyError(message) from error
    if config.get("dataset_format", "item_records") == "item_records":
        if not isinstance(document, list):
            raise ConfigError(f"{WHERE}.dataset_format", "item_records is a list of items; the file holds none")
        return [_item(config, [record]) for record in document]
    return _grouped(config, document)


def _item(config: Mapping[str, Any], document: Any) -> Item:
    static = [
        _found(one, document, f"static_covariates[{at}]") for at, one in enumerate(_list(config, "static_covariates"))
    ]
    return Item(
        _found(config["item_id"], document, "item_id")[0],
        _found(config["timestamp"], document, "timestamp"),
        _numbers(_found(config["target_time_series"], document, "target_time_series"), "target_time_series"),
        [
            _numbers(_found(one, document, f"related_time_series[{at}]"), f"related_time_series[{at}]")
            for at, one in enumerate(_list(config, "related_time_series"))
        ],
        [_numbers(values, "static_covariates")[0] for values in static],
    )


def _grouped(config: Mapping[str, Any], document: Any) -> list[Item]:
    names = _found(config["item_id"], document, "item_id")
    columns = {
        "timestamp": _found(config["timestamp"], document, "timestamp"),
        "target_time_series": _found(config["target_time_series"], document, "target_time_series"),
    }
    for member in ("related_time_series", "static_covariates"):
        for at, one in enumerate(_list(config, member)):
            columns[f"{member}[{at}]"] = _found(one, document, f"{member}[{at}]")
    for member, values in columns.items():
        if len(values) != len(names):
            raise ConfigError(f"{WHERE}.{member}", f"finds {len(values)} values for {len(names)} rows of item_id")
    items = []
    for name in dict.fromkeys(names):
        rows = [row for row, one in enumerate(names) if one == name]
        part = {member: [values[row] for row in rows] for member, values in columns.items()}
        items.append(
            Item(
                name,
                part["timestamp"],
                _numbers(part["target_time_series"], "target_time_series"),
                [_numbers(values, member) for member, values in part.items() if member.startswith("related")],
                [_numbers(values[:1], member)[0] for member, values in part.items() if member.startswith("static")],
            )
        )
    return items


def _list(config: Mapping[str, Any], member: str) -> list[Any]:
    return list(config.get(member, []))


def _found(expression: Any, document: Any, member: str) -> list[Any]:
    import jmespath

    found = jmespath.search(str(expression), document)
    if isinstance(found, list) and found and all(isinstance(one, list) for one in found):
        found = [value for one in found for value in one]
    if found is None or found == []:
        raise ConfigError(f"{WHERE}.{member}", f"{expression!r} finds nothing")
    return found if isinstance(found, list) else [found]


def _numbers(values: list[Any], member: str) -> list[float]:
    try:
        return [float(value) for value in values if value is not None]
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{WHERE}.{member}", f"finds other than numbers: {error}") from None


class EndpointForecaster:
    """A forecasting model behind an endpoint.

    Parameters
    ----------
    send
        As of `EndpointModel`.
    predictor
        The member of the configuration: templates with $start_time, $target_time_series, $related_time_series and
        $static_covariates, and `time_series_predictor_config.forecast`, a JMESPath expression into the answer.
    """

    def __init__(self, send: Send, predictor: Mapping[str, Any]) -> None:
        self._send = send
        self._record = predictor.get("record_template", '{"start": $start_time, "target": $target_time_series}')
        self._content = predictor.get("content_template", "$record")
        self._forecast = predictor["time_series_predictor_config"]["forecast"]

    def __call__(self, target: Floats, related: Floats, static: Floats, start: Any) -> Floats:
        """Forecast (n, T), (n, L, R), (n, S): gives (n, horizon).

        Raises
        ------
        PredictionError
            If the answer does not hold a forecast for each record.
        """
        records = []
        for at in range(len(target)):
            values = {
                "$start_time": start,
                "$target_time_series": target[at].tolist(),
                "$related_time_series": related[at].T.tolist(),
                "$static_covariates": static[at].tolist(),
            }
            record = self._record
            for token, value in values.items():
                record = record.replace(token, json.dumps(value))
            records.append(record)
        if "$records" in self._content:
            return self._asked(self._content.replace("$records", f"[{','.join(records)}]"), len(records))
        return np.concatenate([self._asked(self._content.replace("$record", record), 1) for record in records])

    def _asked(self, body: str, records: int) -> Floats:
        import jmespath

        from trialbook.errors import PredictionError

        answer = self._send(body.encode(), "application/json", "application/json")
        try:
            found = np.asarray(jmespath.search(self._forecast, json.loads(answer)), np.float64).reshape(records, -1)
        except (TypeError, ValueError) as error:
            message = f"{self._forecast!r} finds no forecast for {records} records: {error}"
            raise PredictionError(message) from error
        return found
