import pg from 'pg';

/** A table of the application's own, written in one transaction with the job. */
export async function withDomain(databaseUrl) {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 8 });
  await pool.query(
    'CREATE TABLE IF NOT EXISTS said (conversation text, n int, PRIMARY KEY (conversation, n))',
  );
  return {
    async say({ conversation, n }, { rollBack = false }, enqueue) {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        await client.query('INSERT INTO said VALUES ($1, $2)', [conversation, n]);
        await enqueue(client);
        await client.query(rollBack ? 'ROLLBACK' : 'COMMIT');
      } finally {
        client.release();
      }
    },
    close: () => pool.end(),
  };
}
