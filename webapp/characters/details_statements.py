"""The SQL of what is known of single rows."""

from typing import Final

# ?1 is a list of ids as JSON: the rows that have one of them.
ROWS: Final = """
select wanted.value, rows.json || '}'
from json_each(?1) wanted
cross join keys on keys.key = wanted.value
cross join rows on rows.id = keys.row
"""

# ?1 is a list of row numbers as JSON: those rows as one list of JSON.
NUMBERED_ROWS: Final = """
select '[' || coalesce(group_concat(item || '}'), '') || ']' from (
  select rows.json item from json_each(?1) wanted cross join rows on rows.id = wanted.value
  order by wanted.key)
"""

SEQUENCES: Final = """
select sequences.row, (rows.json || '}') ->> '$.char'
from sequences cross join rows on rows.id = sequences.row
"""

MOST_ALIKE: Final = 50

# What is known of the row of the first of the ids in ?1 that there is. ?2 is the number of
# characters, which divides them from the sequences in the order of code points.
DETAILS: Final = f"""
with found(row) as materialized (
  select keys.row from json_each(?1) wanted cross join keys on keys.key = wanted.value
  order by wanted.key limit 1)
select json || '}}',
  (select json_object('code_point', coalesce(unicode((json || '}}') ->> '$.char'), 0),
     'bidi_class', coalesce(bidi_class, 'L'), 'combining_class', coalesce(combining_class, 0),
     'mirrored', coalesce(mirrored, 0), 'east_asian_width', coalesce(east_asian_width, 'W'),
     'decomposition', coalesce(decomposition, ''), 'numeric_value', coalesce(numeric_value, ''),
     'uppercase', coalesce(uppercase, ''), 'lowercase', coalesce(lowercase, ''),
     'titlecase', coalesce(titlecase, ''))
     from orders left join characters on characters.row = orders.row
     where orders.row = id and orders.cp <= ?2),
  (select json_object('sequence_kind', kind, 'emoji_version', emoji_version)
     from sequences where row = id),
  (select nfd from decompositions where row = id),
  (select nfkd from decompositions where row = id),
  (select names from short_names where row = id),
  (select json_group_array(json_object('kind', kind, 'text', text)) from aliases where row = id),
  (select json_group_array(json_object('kind', kind, 'text', text)) from notes where row = id),
  (select json_group_array(json_object('field', field, 'text', text))
     from readings where row = id),
  (select json_group_array(name) from entities where row = id),
  (select '[' || coalesce(group_concat(json || '}}'), '') || ']' from (
     select other.json from confusables cross join rows other on other.id = confusables.other
     where confusables.row = found.row order by other limit {MOST_ALIKE})),
  (select json || '}}' from orders here cross join orders beside on beside.cp = here.cp - 1
     cross join rows other on other.id = beside.row
     where here.row = found.row and here.cp != ?2 + 1),
  (select json || '}}' from orders here cross join orders beside on beside.cp = here.cp + 1
     cross join rows other on other.id = beside.row
     where here.row = found.row and here.cp != ?2)
from found cross join rows on rows.id = found.row
"""  # noqa: S608 - of constants of this module
