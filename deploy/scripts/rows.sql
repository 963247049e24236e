-- Every table with its number of rows and a sum over what is in them, whatever their order.
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
SET IntervalStyle = 'iso_8601';
SET extra_float_digits = 1;
SET bytea_output = 'hex';
SELECT format('SELECT ''rows'', %L, count(*), coalesce(sum(hashtextextended(whole::text, 0)::numeric), 0) FROM %s AS whole', relname, oid::regclass)
FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
ORDER BY relname COLLATE "C"
\gexec
