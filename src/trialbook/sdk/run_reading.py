"""What a run can be asked: its series, its logs, itself; and its picture in a notebook."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.sdk.reading import Ends, Metric
    from trialbook.sdk.target import Target


class RunReading:
    """The part of a run that reads: each question first ships what was logged."""

    experiment_name: str
    run_name: str
    component: str
    _target: Target

    def flush(self, timeout: float = ...) -> bool:
        """Wait until the store has what was logged."""
        raise NotImplementedError

    def metric(self, name: str, *, steps: Ends = None, times: Ends = None) -> Metric:
        """Read a series as NumPy arrays: `step`, `time`, `value`, in order of step and time.

        Parameters
        ----------
        steps
            First and last step to read, both included; None for an open end: `steps=(1000, None)`. Points without a
            step are in no range of steps.
        times
            The same of times: datetimes, or epoch seconds.

        Notes
        -----
        Of a long series little more than the range is read.

        Raises
        ------
        ValueError
            A range is no pair, or ends before it begins.
        """
        return self.metrics(name, steps=steps, times=times)[name]

    def metrics(self, *names: str, steps: Ends = None, times: Ends = None) -> dict[str, Metric]:
        """Read several series at once, whole or a range of each as in `metric`."""
        from trialbook.sdk.reading import read_metrics

        self.flush()
        return read_metrics(self._target.transport(), self.component, names, steps, times)

    def console(self, stream: str = "console") -> list[tuple[float, str]]:
        """Read what was printed, or another log of the run: pairs of epoch seconds and a line.

        The output of rank n is the stream `console:<n>`. Nothing printed, or no console captured, is an empty list.
        """
        self.flush()
        transport, lines, start = self._target.transport(), list[tuple[float, str]](), 0
        if stream == "console":
            told = transport.call("log_streams", {"entity": self.component})
            if stream not in {one["name"] for one in told["streams"]}:
                return lines
        while True:
            page = transport.call("logs", {"entity": self.component, "stream": stream, "start": start})
            lines += zip(page["time"], page["text"], strict=True)
            if page["next"] >= page["count"] or page["next"] == start:
                return lines
            start = page["next"]

    def describe(self) -> Document:
        """Give the run as DescribeTrialComponent does, and what it knows beside.

        That is `notes`, `hypothesis`, `axes`, `models`, `forked`, `environment` (what was captured), and `writers`:
        each process that wrote to it, with its rank, host and environment.
        """
        self.flush()
        return self._target.transport().call("run", {"name": self.component})

    def _repr_html_(self) -> str:
        """Show the run in a notebook: state, parameters, metrics with small charts; never an exception."""
        title = f"{self.experiment_name} / {self.run_name}"
        try:
            from trialbook.sdk.picture import MOST_METRICS, picture

            self.flush(2.0)
            told = self._target.transport().call("run", {"name": self.component})
            names = [one["MetricName"] for one in told["Metrics"] if not one["MetricName"].startswith("system.")]
            series = self.metrics(*names[:MOST_METRICS])
            return picture(title, told, {name: one.value for name, one in series.items()}, self._target.url)
        except Exception as error:  # noqa: BLE001 - a notebook shows what there is
            return f"<div><b>{html.escape(title)}</b> {html.escape(str(error))}</div>"
