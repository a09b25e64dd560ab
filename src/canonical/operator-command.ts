/** Returns a command of the operator as messages name it, with its form in a clone, where no `waygate` is installed. */
export const operatorCommand = (command: string): string =>
  `\`waygate ${command}\` (in a clone: \`npm run waygate -- ${command}\`)`
