/** How long the database may work on one query that is not part of an append. It gives up after that, and the query fails. */
export const QUERY_LIMIT_MS = 3_000;
