"""Read ucdinfo's records of every code point without running that package's code."""

import bz2
import pickle
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from typing_extensions import override

# The order of the fields in a record, as in the ucd module of ucdinfo 0.3.
_FIELD_ORDER = """_b0 age na JSN gc ccc dt dm nt nv bc bpt bpb bmg suc slc stc uc lc tc scf cf jt jg
    ea lb sc scx NFKC_CF FC_NFKC InSC InPC vo blk"""
# The property that each bit of _b0 stands for, lowest first, as there; names of PropertyAliases.
_FLAG_ORDER = """AHex Alpha Bidi_C Bidi_M Cased CE CI Comp_Ex CWCF CWCM CWKCF CWL CWT CWU
    Dash Dep DI Dia Ext Gr_Base Gr_Ext Gr_Link Hex Hyphen IDC Ideo IDS IDSB
    IDST Join_C LOE Lower Math MCM NChar OAlpha ODI OGr_Ext OIDC OIDS OLower OMath
    OUpper Pat_Syn Pat_WS PCM QMark Radical RI SD STerm Term UIdeo Upper VS
    WSpace XIDC XIDS XO_NFC XO_NFD XO_NFKC XO_NFKD"""
FIELDS = tuple(_FIELD_ORDER.split())
FLAGS = tuple(_FLAG_ORDER.split())
POSITIONS = {field: position for position, field in enumerate(FIELDS)}


class Record(tuple[Any, ...]):
    """One code point's fields, in the order of FIELDS."""

    __slots__ = ()


class Records(NamedTuple):
    """All records by code point, None where there is none, and the values of numbered fields."""

    by_code_point: Sequence[Record | None]
    values: Mapping[str, Sequence[str]]
    unicode_version: str

    def text(self, code_point: int, field: str) -> str:
        """A field's value as text. Raises KeyError for a code point without a record."""
        record = self.by_code_point[code_point]
        if record is None:
            raise KeyError(code_point)
        value = record[POSITIONS[field]]
        return self.values[field][value] if field in self.values else value or ""

    def having(self, flag: str) -> Iterator[int]:
        """The code points with a binary property, ascending."""
        bit = 1 << FLAGS.index(flag)
        for code_point, record in enumerate(self.by_code_point):
            if record is not None and record[0] & bit:
                yield code_point


class RecordsUnpickler(pickle.Unpickler):
    """Knows the two names the data needs and refuses every other: a pickle can run anything."""

    @override
    def find_class(self, module: str, name: str) -> object:
        known = {"_rebuild_ucd": _records, "_Codepoint": Record}
        if module != "ucdinfo.ucd" or name not in known:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in the data")
        return known[name]


def _records(
    items: list[Record | None], values: dict[str, list[str]], metadata: dict[str, str]
) -> Records:
    return Records(items, values, metadata["ucdversion"])


def read(folder: Path) -> Records:
    """The records inside the unpacked wheel."""
    with bz2.open(folder / "ucdinfo/data/ucdata_v0.2.pickle.bz2") as stream:
        records = RecordsUnpickler(stream).load()
    if not isinstance(records, Records):
        raise pickle.UnpicklingError("ucdinfo's data is not in the format of version 0.3")
    return records
