/** Writes a command of the operator's into a message. Who reads it may run a clone, where there is no command of this name. */
export const operatorCommand = (command: string): string =>
  `\`waygate ${command}\` (in a clone: \`npm run waygate -- ${command}\`)`
