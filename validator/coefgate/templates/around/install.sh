set -e
judge=${TMPDIR:-/tmp}/coefgate
python -m venv --clear "$judge"
git clone --quiet --no-checkout __URL__ "$judge/program"
git -C "$judge/program" checkout --quiet __COMMIT__
"$judge/bin/pip" install --quiet --require-hashes --no-deps --only-binary :all: --requirement "$judge/program/requirements/cli.txt"
"$judge/bin/pip" install --quiet --no-deps --no-build-isolation "$judge/program"
