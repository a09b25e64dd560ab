import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { DropdownMenu } from 'radix-ui'
import { Fragment, useState } from 'react'
import { useAccount } from './account.ts'
import { type Session, signOut, useSession } from './api/session.ts'
import { useCall } from './api/use-call.ts'
import { Button } from './parts/button.tsx'
import { classes } from './parts/classes.ts'
import { Fault } from './parts/fault.tsx'
import { Select } from './parts/field.tsx'
import { Icon } from './parts/icon.tsx'
import { Skeleton } from './parts/skeleton.tsx'
import { SignIn } from './pages/sign-in.tsx'
import { chooseScheme, useScheme } from './scheme.ts'

const pages = [
  { to: '/', icon: 'overview', name: 'Overview' },
  { to: '/requests', icon: 'requests', name: 'Requests' },
  { to: '/models', icon: 'models', name: 'Models' },
  { to: '/keys', icon: 'keys', name: 'Keys' },
  { to: '/playground', icon: 'playground', name: 'Playground' },
  { to: '/settings', icon: 'settings', name: 'Settings' },
] as const

/** The frame of all pages. Without a session, the sign-in stands in their place, and the address stays. */
export function Shell() {
  const session = useSession()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  if (path === '/sign-in') return <Outlet />
  if (session.data === null) return <SignIn />
  if (session.data === undefined) {
    return (
      <main className="mx-auto max-w-md p-8">
        {session.error === null ? <Skeleton /> : <Fault error={session.error} onRetry={() => void session.refetch()} />}
      </main>
    )
  }
  return <Frame session={session.data} />
}

function Frame({ session }: { readonly session: Session }) {
  const account = useAccount()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  // On narrow screens the menu is open until a page is chosen.
  const [openAt, setOpenAt] = useState<string | null>(null)
  const isOpen = openAt === path
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[13rem_minmax(0,1fr)]">
      <a
        href="#content"
        onClick={(event) => {
          event.preventDefault()
          document.getElementById('content')?.focus()
        }}
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-20 focus:bg-panel focus:p-2"
      >
        Skip to the content
      </a>
      <header className="sticky top-0 z-10 border-b border-line bg-panel md:h-dvh md:border-r md:border-b-0">
        <div className="flex h-full flex-col">
          <div className="flex h-12 items-center gap-2 px-4">
            <Mark />
            <span className="mr-auto font-semibold tracking-tight">Waygate</span>
            <Button
              look="quiet"
              className="px-2 md:hidden"
              aria-expanded={isOpen}
              aria-controls="pages"
              onClick={() => setOpenAt(isOpen ? null : path)}
            >
              <Icon name={isOpen ? 'close' : 'menu'} />
              <span className="sr-only">{isOpen ? 'Close the menu' : 'Open the menu'}</span>
            </Button>
          </div>
          <div
            id="pages"
            className={classes('flex-1 flex-col overflow-y-auto px-2 pb-2 md:flex', isOpen ? 'flex' : 'hidden')}
          >
            <nav aria-label="Pages" className="flex-1">
              {pages.map(({ to, icon, name }) => (
                <Link
                  key={to}
                  to={to}
                  activeOptions={{ exact: to === '/', includeSearch: false }}
                  className="mb-0.5 flex h-8 items-center gap-2.5 rounded-md px-2.5 text-soft hover:bg-sunken hover:text-text"
                  activeProps={{ className: 'bg-accent-back font-medium text-accent! hover:bg-accent-back' }}
                >
                  <Icon name={icon} />
                  {name}
                </Link>
              ))}
            </nav>
            {session.operator && <AccountChoice own={session.account} />}
            <SessionMenu session={session} />
          </div>
        </div>
      </header>
      <main id="content" tabIndex={-1} className="mx-auto w-full max-w-[100rem] min-w-0 px-4 py-5 outline-none md:px-6">
        {/* A page begins anew for another account, so that it keeps nothing of the one before. */}
        <Fragment key={account}>
          <Outlet />
        </Fragment>
      </main>
    </div>
  )
}

const Mark = () => (
  <svg
    viewBox="0 0 24 24"
    aria-hidden="true"
    className="size-5 fill-none stroke-accent stroke-[2.4]"
    strokeLinecap="round"
  >
    <path d="M4 20V10a8 8 0 0 1 16 0v10M9 20v-8a3 3 0 0 1 6 0v8" />
  </svg>
)

/** The account for which an operator acts. It stands in the address, so that a link leads to the same page of the same account. */
function AccountChoice({ own }: { readonly own: string }) {
  const { data } = useCall('GET /waygate/accounts')
  const navigate = useNavigate()
  const account = useAccount()
  const names = data?.data.map(({ name }) => name) ?? []
  if (names.length < 2 && account === null) return null
  return (
    <Select
      label="Account"
      className="mx-0.5 mb-2"
      value={account ?? own}
      onChange={({ target: { value } }) =>
        void navigate({ to: '.', search: (before) => ({ ...before, account: value === own ? undefined : value }) })
      }
    >
      {[...new Set([own, ...names, account ?? own])].map((name) => (
        <option key={name}>{name}</option>
      ))}
    </Select>
  )
}

const itemClasses =
  'flex h-8 items-center gap-2 rounded px-2 outline-none select-none data-[highlighted]:bg-sunken cursor-pointer'

function SessionMenu({ session }: { readonly session: Session }) {
  const scheme = useScheme()
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Button look="quiet" className="w-full justify-start px-2.5">
          <span className="truncate">{session.key?.name ?? 'Operator'}</span>
          <Icon name="up" className="ml-auto size-4" />
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="start"
          sideOffset={4}
          className="z-30 min-w-48 rounded-md border border-line bg-panel p-1 text-sm shadow-lg"
        >
          <DropdownMenu.Label className="px-2 py-1 text-xs text-soft">
            {session.key === null ? 'Signed in with a link' : session.key.label}
          </DropdownMenu.Label>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <DropdownMenu.Label className="px-2 py-1 text-xs text-soft">Colours</DropdownMenu.Label>
          <DropdownMenu.RadioGroup value={scheme}>
            {(['system', 'light', 'dark'] as const).map((one) => (
              <DropdownMenu.RadioItem key={one} value={one} className={itemClasses} onSelect={() => chooseScheme(one)}>
                <span className="w-4">{scheme === one && <Icon name="check" />}</span>
                {{ system: 'As the system', light: 'Light', dark: 'Dark' }[one]}
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <DropdownMenu.Item asChild className={itemClasses}>
            <a href="./docs">API reference</a>
          </DropdownMenu.Item>
          <DropdownMenu.Item className={itemClasses} onSelect={() => void signOut()}>
            Sign out
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
