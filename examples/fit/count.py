"""A processing script that needs the module beside it."""

from pathlib import Path

from rows import count

text = f"{count(Path('/opt/ml/processing/input/test'))} rows"
Path("/opt/ml/processing/output/count.txt").write_text(text)
print(text)
