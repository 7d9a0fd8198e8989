-- What a search asks when pg_trgm has no index for it, as it takes three letters in a row: one or two characters, which are
-- whole words in Chinese and Japanese, or signs such as those of "c++". Every character and every pair of neighbours in a
-- task's search text, each as one number, so that a key has 8 bytes whatever the character. The person is in the number, as
-- one of 256 groups: a search reads next to nothing of other people's tasks, and many people with few tasks share the keys.
-- Two parts with the same number do no harm: what is found is compared with the text.
--
-- Not only for what is not deleted: that condition would let PostgreSQL read another index of such tasks, and work the parts of
-- each out, when statistics are old. The function's cost says the same of reading the whole table.
--
-- plpgsql keeps the plan of its query for the session; an SQL function plans at each call. Writers wait while
-- the index is built, about two and a half times as long as for the trigrams.
CREATE FUNCTION {schema}.search_parts(user_id text, search text) RETURNS bigint[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $$
DECLARE
  person_group CONSTANT bigint := hashtextextended(user_id COLLATE "C", 0) & 255;
BEGIN
  RETURN (
    SELECT array_agg(hashtextextended(character COLLATE "C", person_group))
      || coalesce(array_agg(hashtextextended((character || next) COLLATE "C", person_group)) FILTER (WHERE next IS NOT NULL), '{}')
    FROM (SELECT character, lead(character) OVER () AS next FROM string_to_table(search, NULL) AS character) AS pairs
  );
END
$$;
CREATE INDEX tasks_search_parts ON {schema}.tasks USING gin ({schema}.search_parts(user_id, search));
-- no statistics: ANALYZE would work the function out for 30,000 tasks, and the one statement that asks it has no other way
ALTER INDEX {schema}.tasks_search_parts ALTER COLUMN 1 SET STATISTICS 0;
