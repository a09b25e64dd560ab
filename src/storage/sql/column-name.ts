/** Returns the name of a table or a column in the database, which is in snake case, quoted for SQL. */
export const columnName = (name: string): string => `"${snakeCase(name)}"`

/** Returns a name of the program as the database has it: `promptTokens` is `prompt_tokens` there. */
export const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
