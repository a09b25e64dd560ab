import type { Kysely } from 'kysely'
import type { Database } from '../sql/database.ts'

/** A step of the schema. Once released it is never edited: what is wrong with it is put right by a later one. */
export interface Migration {
  /** Sorts after its predecessors. */
  readonly name: string
  up(db: Kysely<Database>): Promise<void>
}

/** Checks a step's shape where it is written. */
export const defineMigration = (migration: Migration): Migration => migration
