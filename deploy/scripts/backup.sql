-- One snapshot, seen twice: pg_dump writes it to stdout, and what every table holds in it goes to stderr.
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT pg_export_snapshot() AS snapshot \gset
\setenv SNAPSHOT :snapshot
\! "${PGBIN:+$PGBIN/}pg_dump" --format custom --snapshot "$SNAPSHOT"
\o |cat >&2
