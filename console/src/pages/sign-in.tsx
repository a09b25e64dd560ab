import { useNavigate } from '@tanstack/react-router'
import { type SyntheticEvent, useState } from 'react'
import { signIn } from '../api/session.ts'
import { Button } from '../parts/button.tsx'
import { Fault } from '../parts/fault.tsx'
import { TextField } from '../parts/field.tsx'
import { textOf } from '../parts/form-values.ts'

/** The page of a sign-in link that could not be used. One that can be used leads on before any page is shown. */
export function LinkFailed() {
  return <SignIn error={new Error('This link is not valid, or not any more: it works once, for 15 minutes.')} />
}

/** Asks for a management key. It is sent once, and not kept: the browser has a cookie from then on. */
export function SignIn({ error: before = null }: { readonly error?: unknown }) {
  const navigate = useNavigate()
  const [error, setError] = useState<unknown>(before)
  const [isBusy, setBusy] = useState(false)
  async function submit(event: SyntheticEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const key = textOf(new FormData(event.currentTarget), 'key')
    setBusy(true)
    setError(null)
    try {
      await signIn({ key })
      if (before !== null) await navigate({ to: '/', replace: true })
    } catch (reason) {
      setError(reason)
      setBusy(false)
    }
  }
  return (
    <main className="mx-auto flex min-h-dvh max-w-sm flex-col justify-center p-6">
      <h1 className="text-xl font-semibold tracking-tight">Sign in to Waygate</h1>
      <p className="mt-1 mb-5 text-soft">
        With a management key of this gateway, which may administer but not send requests.
      </p>
      <form onSubmit={(event) => void submit(event)} className="space-y-3">
        <TextField
          label="Management key"
          name="key"
          type="password"
          autoComplete="current-password"
          required
          autoFocus
          spellCheck={false}
        />
        <Button type="submit" look="solid" isBusy={isBusy} className="w-full">
          Sign in
        </Button>
      </form>
      {error !== null && <Fault error={error} />}
      <div className="mt-6 space-y-1.5 border-t border-line pt-4 text-xs text-soft">
        <p>
          Without one, run <code className="font-mono text-text">waygate console</code> on the machine of the gateway:
          it prints a link that signs in once.
        </p>
        <p>
          Or make one:{' '}
          <code className="font-mono text-text">
            waygate keys create --name admin <span className="whitespace-nowrap">--management</span>
          </code>
        </p>
        <p>
          In a clone, write <code className="font-mono text-text">npm run waygate --</code> for{' '}
          <code className="font-mono text-text">waygate</code>.
        </p>
      </div>
    </main>
  )
}
