import { Type } from 'typebox'

/** The reply to a deletion (contract §8). */
export const DeletedSchema = Type.Object({ deleted: Type.Literal(true) }, { title: 'Deleted' })
