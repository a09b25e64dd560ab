import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'

/** Reads rows of a database, beside the gateway that writes it. */
export type ReadRows = (statement: string) => Promise<readonly Readonly<Record<string, unknown>>[]>

export const sqliteRows =
  (file: string): ReadRows =>
  async (statement) => {
    const database = new DatabaseSync(file, { readOnly: true })
    try {
      return database.prepare(statement).all()
    } finally {
      database.close()
    }
  }

export const postgresRows =
  (url: string): ReadRows =>
  async (statement) => {
    const client = new Client({ connectionString: url })
    await client.connect()
    try {
      return (await client.query(statement)).rows
    } finally {
      await client.end()
    }
  }
