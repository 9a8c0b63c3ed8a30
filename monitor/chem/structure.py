"""What a structure is: keys, formula, mass, the parent without its salt, a picture. Pure; needs RDKit.

RDKit comes with the extra `structure`; import this module only where `monitor.chem.missing()` is empty.
Nothing here makes or changes a structure beyond taking salts, charges and stereo marks away.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rdkit import Chem, rdBase
from rdkit.Chem import Descriptors, rdMolDescriptors
from rdkit.Chem.Draw import rdMolDraw2D
from rdkit.Chem.MolStandardize import rdMolStandardize

# Longer texts are no names or structures of anything that is traded; RDKit's time grows with them.
LONGEST_SMILES = 2_000
LARGEST_MOLECULE = 400  # heavy atoms
CARBON = 6

# RDKit and InChI write their complaints to standard error; what matters of them comes back as None.
rdBase.DisableLog("rdApp.*")


@dataclass(frozen=True, slots=True)
class Structure:
    """One structure with what identifies it.

    `smiles` is canonical; `flat` is the InChIKey without any stereo mark; `parent` is the InChIKey of the
    largest organic part, neutralised, and `parent_flat` that without stereo marks (the keys are equal where
    nothing is to be taken away). `organic` says whether there is carbon in that part, `mass` is the average
    molar mass in g/mol, `charge` the net charge.
    """

    smiles: str
    inchikey: str
    flat: str
    parent: str
    parent_flat: str
    parent_smiles: str
    organic: bool
    formula: str
    mass: float
    charge: int

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """Keys to compare with, the strictest first, each with what was left aside for it.

        The key without stereo is there for a structure without stereo as well: what it is compared with may
        have such marks.
        """
        own = ((self.inchikey, "exact"), (self.flat, "without stereo"))
        if self.parent == self.inchikey:
            return own
        parent = (
            (self.parent, "salt-stripped parent"),
            (self.parent_flat, "salt-stripped parent without stereo"),
        )
        return own + parent


def molecule(smiles: str) -> Chem.Mol | None:
    """Read SMILES; None for what is no structure, is empty, or is larger than anything traded."""
    if not smiles or len(smiles) > LONGEST_SMILES:
        return None
    found = Chem.MolFromSmiles(smiles)
    if found is None or not 0 < found.GetNumAtoms() <= LARGEST_MOLECULE:
        return None
    return found


@lru_cache(maxsize=4096)
def parse(smiles: str) -> Structure | None:
    """Work out everything that identifies the structure; None when it cannot be read or has no InChIKey."""
    read = molecule(smiles)
    if read is None:
        return None
    key = inchikey(read)
    if not key:
        return None
    smiles = Chem.MolToSmiles(read)
    # what has neither ions nor parts is its own parent, what has no stereo marks is flat: most names are both
    stripped = parent(read) if any(sign in smiles for sign in (".", "+", "-]")) else read
    parent_key = key if stripped is read else inchikey(stripped)
    has_stereo = any(sign in smiles for sign in "@/\\")
    return Structure(
        smiles=smiles,
        inchikey=key,
        flat=inchikey(flat(read)) if has_stereo else key,
        parent=parent_key,
        parent_flat=inchikey(flat(stripped)) if has_stereo else parent_key,
        parent_smiles=Chem.MolToSmiles(stripped),
        organic=any(atom.GetAtomicNum() == CARBON for atom in stripped.GetAtoms()),
        formula=rdMolDescriptors.CalcMolFormula(read),
        mass=round(float(Descriptors.MolWt(read)), 3),  # type: ignore[attr-defined]
        charge=Chem.GetFormalCharge(read),
    )


def inchikey(of: Chem.Mol) -> str:
    """Give the standard InChIKey, "" where InChI has none."""
    return str(Chem.MolToInchiKey(of) or "")  # type: ignore[no-untyped-call]


def flat(of: Chem.Mol) -> Chem.Mol:
    """Give a copy without stereo marks."""
    copy = Chem.Mol(of)
    Chem.RemoveStereochemistry(copy)
    return copy


def parent(of: Chem.Mol) -> Chem.Mol:
    """Give the largest organic part, neutralised: amphetamine for its sulfate, GHB for its sodium salt."""
    largest = rdMolStandardize.LargestFragmentChooser(preferOrganic=True).choose(of)
    return rdMolStandardize.Uncharger().uncharge(largest)


def picture(smiles: str, width: int = 420, height: int = 300) -> str:
    """Draw the structure as SVG (pixels); "" when it cannot be read."""
    read = molecule(smiles)
    if read is None:
        return ""
    canvas = rdMolDraw2D.MolDraw2DSVG(width, height)
    options = canvas.drawOptions()
    options.clearBackground = False  # type: ignore[assignment]
    options.minFontSize = 10  # type: ignore[assignment]
    options.padding = 0.03  # type: ignore[assignment]
    rdMolDraw2D.PrepareAndDrawMolecule(canvas, read)
    canvas.FinishDrawing()
    return str(canvas.GetDrawingText()).replace("iso-8859-1", "utf-8", 1)
