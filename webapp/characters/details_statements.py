"""The SQL of what is known of single rows."""

from typing import Final

# ?1 is a list of ids as JSON: the rows that have one of them.
ROWS: Final = """
select wanted.value, keys.row
from json_each(?1) wanted cross join keys on keys.key = wanted.value
"""

MOST_ALIKE: Final = 50

COLUMNS: Final = (
    "row",
    "properties",
    "sequence",
    "nfd",
    "nfkd",
    "names",
    "aliases",
    "notes",
    "readings",
    "entities",
    "confusables",
)

# These of the row of the first of the ids in ?1 that there is. Characters with the properties
# that most have are not in the table.
DETAILS: Final = f"""
with found(row) as materialized (
  select keys.row from json_each(?1) wanted cross join keys on keys.key = wanted.value
  order by wanted.key limit 1)
select found.row,
  (select json_object(
     'bidi_class', coalesce(bidi_class, 'L'), 'combining_class', coalesce(combining_class, 0),
     'mirrored', coalesce(mirrored, 0), 'east_asian_width', coalesce(east_asian_width, 'W'),
     'decomposition', coalesce(decomposition, ''), 'numeric_value', coalesce(numeric_value, ''),
     'uppercase', coalesce(uppercase, ''), 'lowercase', coalesce(lowercase, ''),
     'titlecase', coalesce(titlecase, ''))
     from (select found.row) this left join characters on characters.row = found.row
     where not exists (select * from sequences where sequences.row = found.row)),
  (select json_object('sequence_kind', kind, 'emoji_version', emoji_version)
     from sequences where sequences.row = found.row),
  (select nfd from decompositions where decompositions.row = found.row),
  (select nfkd from decompositions where decompositions.row = found.row),
  (select names from short_names where short_names.row = found.row),
  (select json_group_array(json_object('kind', kind, 'text', text))
     from aliases where aliases.row = found.row),
  (select json_group_array(json_object('kind', kind, 'text', text))
     from notes where notes.row = found.row),
  (select json_group_array(json_object('field', field, 'text', text))
     from readings where readings.row = found.row),
  (select json_group_array(name) from entities where entities.row = found.row),
  (select json_group_array(other) from (
     select other from confusables where confusables.row = found.row
     order by other limit {MOST_ALIKE}))
from found
"""  # noqa: S608 - of constants of this module
