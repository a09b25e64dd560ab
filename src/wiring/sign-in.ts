import { join } from 'node:path'
import type { AccountKeys } from '../auth/account-keys.ts'
import type { Authenticator } from '../auth/authenticate.ts'
import { ConsoleKeys } from '../auth/console-keys.ts'
import { Sessions } from '../auth/sessions.ts'
import { SignInAttempts } from '../auth/sign-in-attempts.ts'
import { signInLink, SignInLinks } from '../auth/sign-in-links.ts'
import type { Config } from '../config/config.ts'
import { type Clock, systemClock } from '../util/clock.ts'

/** Makes what the console signs in with, and the keys that pay for what it generates. All of it lasts as long as the gateway. */
export const wireSignIn = (dependencies: {
  readonly config: Config
  readonly authenticator: Authenticator
  readonly accountKeys: AccountKeys
  readonly clock: Clock
}) => {
  const { config, authenticator, accountKeys, clock } = dependencies
  return {
    sessions: new Sessions(authenticator, clock),
    signInLinks: linksOf(config, clock),
    signInAttempts: new SignInAttempts(clock),
    consoleKeys: new ConsoleKeys(accountKeys, authenticator),
  }
}

/**
 * Makes a link at which a browser signs in once, at a gateway that uses the same folder for its files.
 * @param url The address of the gateway.
 */
export const makeSignInLink = async (config: Config, url: string): Promise<string> =>
  signInLink(url, await linksOf(config, systemClock).make())

const linksOf = ({ dataDirectory }: Config, clock: Clock): SignInLinks =>
  new SignInLinks(join(dataDirectory, 'sign-in'), clock)
