"""Which column of a labelled file is which field of a shop's file: `--map our=theirs,...`.

Where the lists call it differently both names are given, as in `name=title|product`.
"""

from __future__ import annotations

from collections.abc import Sequence

from scripts.evaluate_matching.problem import EvaluationError

# Our name -> the field of the file mapping. Names of one field are joined with a space, in this
# order. `code` is what such files call model number: the maker's code, not the till's own.
NAMES = {
    "products": {
        "name": "product_name",
        "description": "description",
        "brand": "brand",
        "category": "category",
        "code": "supplier_code",
        "supplier_code": "supplier_code",
        "supplier": "supplier_name",
        "barcode": "barcode",
        "sku": "sku",
        "price": "price",
        "cost": "cost",
    },
    "customers": {
        "given_name": "first_name",
        "surname": "last_name",
        "full_name": "full_name",
        "email": "email",
        "phone": "phone",
        "mobile": "mobile",
        "company": "company_name",
        "street_number": "address_1",
        "address_1": "address_1",
        "address_2": "address_2",
        "postcode": "postcode",
        "city": "city",
        "state": "state",
        "country": "country",
        "birth_date": "birth_date",
    },
}


def read_map(kind: str, text: str) -> dict[str, list[str]]:
    """`our=theirs,...` as field -> their columns, in the order in which they are joined.

    Raises EvaluationError for a name that is not ours, given twice, or without a column.
    """
    ours = NAMES[kind]
    given: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, column = (word.strip() for word in part.partition("="))
        if not (equals and column):
            raise EvaluationError(f"--map: {part!r} is not our=theirs, such as name=title.")
        if name not in ours:
            raise EvaluationError(f"--map: no name {name!r}; there are {', '.join(ours)}.")
        if name in given:
            raise EvaluationError(f"--map: {name} is given twice.")
        given[name] = column
    if not given:
        raise EvaluationError(f"--map names no column; map some of {', '.join(ours)}.")
    fields: dict[str, list[str]] = {}
    for name in ours:
        if name in given:
            fields.setdefault(ours[name], []).append(given[name])
    return fields


def find_column(wanted: str, columns: Sequence[str], file: str) -> str:
    """The column called `wanted` (of `a|b` the first that there is), whatever its case.

    Raises EvaluationError listing the columns when there is none.
    """
    for name in wanted.split("|"):
        if name in columns:
            return name
        alike = [column for column in columns if column.casefold() == name.casefold()]
        if len(alike) == 1:
            return alike[0]
    raise EvaluationError(f"{file} has no column {wanted!r}; there are {', '.join(columns)}.")
