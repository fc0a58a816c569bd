"""The closed operators of every `where`."""

from resolvers import filter as conditions
from schema.field import published

EQ, IN = "Equal to this.", "Equal to one of these, at most 100."

published(conditions.Among, "Filter", "Equal to a value or to one of several.", eq=EQ, in_=IN)
published(
    conditions.Span,
    "Range",
    "From a value to a value, both included; either end may be open.",
    from_="Not below this.",
    to="Not above this.",
)
published(
    conditions.Ordered,
    "Filter",
    "Equal to values, or within a range.",
    eq=EQ,
    in_=IN,
    range="Within these bounds.",
)
published(
    conditions.Text,
    "StringFilter",
    "Equal to a text, or containing one.",
    eq=EQ,
    in_=IN,
    contains="Containing this text; upper and lower case are alike.",
)
published(conditions.Word, "KeyFilter", "Equal to a key or to one of several.", eq=EQ, in_=IN)
published(
    conditions.OfRow, "IDFilter", "The row with this id, or with one of these.", eq=EQ, in_=IN
)

published(
    conditions.OfOrganisation,
    "OrganisationIDFilter",
    "Of an organisation, of one of several, or of a whole part of the tree.",
    eq=EQ,
    in_=IN,
    within="This organisation, or one below it in the tree.",
)

JOINED = {
    "and_": "All of these as well.",
    "or_": "At least one of these as well.",
    "not_": "And not this.",
}
