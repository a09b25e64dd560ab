import type { Kysely } from 'kysely'
import type { Database } from '../sql/database.ts'

/** A step of the schema. Once released, it is never edited: a later step corrects its mistakes. */
export interface Migration {
  /** The name sorts after those of earlier steps. */
  readonly name: string
  up(db: Kysely<Database>): Promise<void>
}

/** Checks the type of a step where it is written. */
export const defineMigration = (migration: Migration): Migration => migration
