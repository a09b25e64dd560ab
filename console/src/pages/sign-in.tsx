import { useNavigate, useSearch } from '@tanstack/react-router'
import { type SyntheticEvent, useEffect, useRef, useState } from 'react'
import { useSigning } from '../api/session.ts'
import { Button } from '../parts/button.tsx'
import { Fault } from '../parts/fault.tsx'
import { TextField } from '../parts/field.tsx'
import { textOf } from '../parts/form-values.ts'

/** The page of a sign-in link. The token leaves the address at once, since it stands in the history of the browser otherwise. */
export function SignInPage() {
  const { token } = useSearch({ from: '/sign-in' })
  const navigate = useNavigate()
  const { signIn } = useSigning()
  const [error, setError] = useState<unknown>(null)
  const isUsed = useRef(false)
  useEffect(() => {
    if (isUsed.current || error !== null) return
    isUsed.current = true
    if (token === undefined) {
      void navigate({ to: '/', replace: true })
      return
    }
    signIn({ token }).then(
      () => navigate({ to: '/', replace: true }),
      (reason: unknown) => {
        setError(reason)
        return navigate({ to: '/sign-in', replace: true })
      },
    )
  })
  return error === null ? <p className="p-8 text-center text-soft">Signing in…</p> : <SignIn error={error} />
}

/** Asks for a management key. It is sent once, and not kept: the browser has a cookie from then on. */
export function SignIn({ error: before = null }: { readonly error?: unknown }) {
  const { signIn } = useSigning()
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
          Or make one: <code className="font-mono text-text">waygate keys create --name admin --management</code>
        </p>
      </div>
    </main>
  )
}
