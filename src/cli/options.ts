import { InvalidArgumentError, Option } from 'commander'

/** Creates the option `--config`, which is the same for every command that reads the configuration. */
export function configOption(): Option {
  return new Option(
    '--config <file>',
    'configuration file; default: $WAYGATE_CONFIG, else waygate.yaml where there is one',
  )
}

export function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('It must be between 0 and 65535.')
  return port
}
