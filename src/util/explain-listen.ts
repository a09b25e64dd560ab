import { codeOf } from './code-of.ts'
import { messageOf } from './message-of.ts'

/** Makes the error for a server that cannot listen, which explains to the operator what is wrong and what to do. */
export function explainListen(error: unknown, host: string, port: number): Error {
  switch (codeOf(error)) {
    case 'EADDRINUSE': {
      const other = port < 65_535 ? port + 1 : port - 1
      return new Error(
        `Port ${port} on ${host} is taken. Stop what uses it, or choose another, such as --port ${other}.`,
      )
    }
    case 'EACCES':
      return new Error(`Port ${port} on ${host} may not be used without more rights. Choose one above 1023.`)
    case 'EADDRNOTAVAIL':
      return new Error(`${host} is not an address of this machine. Choose one that is, such as --host 127.0.0.1.`)
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new Error(
        `There is no host of the name ${host}. Choose an address of this machine, such as --host 127.0.0.1.`,
      )
    default:
      return new Error(`Cannot listen on ${host}:${port}: ${messageOf(error)}`)
  }
}
