"""Values that the chart must refuse, with words that help: refused.py HELM CHART FOLDER.

Each file begins with lines '# says: …', a part of what Helm must print."""

import pathlib
import subprocess
import sys


def main(helm: str, chart: str, folder: str) -> int:
    wrong = 0
    files = sorted(pathlib.Path(folder).glob("*.yaml"))
    for file in files:
        says = [line.removeprefix("# says: ") for line in file.read_text().splitlines() if line.startswith("# says: ")]
        run = subprocess.run([helm, "template", "outrider", chart, "--namespace", "outrider-system", "-f", str(file)],
                             capture_output=True, text=True)
        missing = [each for each in says if each not in run.stderr]
        if run.returncode == 0 or missing or not says:
            wrong += 1
            print(f"{file.name}: " + ("taken" if run.returncode == 0 else f"refused without {missing}: {run.stderr[-400:]}"))
    print(f"{len(files) - wrong} kinds of wrong values are refused")
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
