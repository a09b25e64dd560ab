import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  retainSearchParams,
} from '@tanstack/react-router'
import { signIn } from './api/session.ts'
import { LinkFailed } from './pages/sign-in.tsx'
import { Fault } from './parts/fault.tsx'
import { Shell } from './shell.tsx'

/** The values behind the `?` of an address. All are texts, so that addresses are short and can be written by hand. */
export interface Search {
  /** The account that an operator acts for. */
  readonly account?: string | undefined
}

/** Takes the values with these names, where they are there and not empty. */
const only =
  <Name extends string>(...names: readonly Name[]) =>
  (search: Record<string, unknown>): { readonly [key in Name]?: string } => {
    const given: { [key in Name]?: string } = {}
    for (const name of names) {
      const value = search[name]
      if (typeof value === 'string' && value !== '') given[name] = value
    }
    return given
  }

const rootRoute = createRootRoute({
  component: Shell,
  validateSearch: (search: Record<string, unknown>): Search => only('account')(search),
  search: { middlewares: [retainSearchParams<Search>(['account'])] },
  notFoundComponent: () => <Fault error={new Error('There is no such page.')} />,
  errorComponent: ({ error }) => <Fault error={error} />,
})

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { readonly token?: string } => only('token')(search),
  // The token is used once, before anything is shown, and does not stay in the address or in the history of the browser.
  beforeLoad: async ({ search: { token } }) => {
    if (token === undefined) return
    const isIn = await signIn({ token }).then(
      () => true,
      () => false,
    )
    throw redirect({ to: isIn ? '/' : '/sign-in', search: {}, replace: true })
  },
  component: LinkFailed,
})

const overviewRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  validateSearch: only('range', 'by', 'metric', 'compare'),
  component: lazyRouteComponent(() => import('./pages/overview/overview.tsx'), 'OverviewPage'),
})

const requestsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/requests',
  validateSearch: only(
    'model',
    'provider',
    'key',
    'user',
    'session',
    'app',
    'operation',
    'failed',
    'min_cost',
    'since',
    'until',
  ),
  component: lazyRouteComponent(() => import('./pages/requests/requests.tsx'), 'RequestsPage'),
})

const requestRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/requests/$id',
  component: lazyRouteComponent(() => import('./pages/request/request.tsx'), 'RequestPage'),
})

const modelsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/models',
  validateSearch: only('q', 'tab', 'sort', 'endpoint'),
  component: lazyRouteComponent(() => import('./pages/models/models.tsx'), 'ModelsPage'),
})

const keysRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/keys',
  validateSearch: only('tab'),
  component: lazyRouteComponent(() => import('./pages/keys/keys.tsx'), 'KeysPage'),
})

const playgroundRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/playground',
  validateSearch: only('model'),
  component: lazyRouteComponent(() => import('./pages/playground/playground.tsx'), 'PlaygroundPage'),
})

const settingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('./pages/settings/settings.tsx'), 'SettingsPage'),
})

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    signInRoute,
    overviewRoute,
    requestsRoute,
    requestRoute,
    modelsRoute,
    keysRoute,
    playgroundRoute,
    settingsRoute,
  ]),
  // The address of a page stands behind the `#`, so that the gateway serves one address only.
  history: createHashHistory(),
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const set = Object.entries(search).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : []))
    return set.length === 0 ? '' : `?${new URLSearchParams(set)}`
  },
  defaultPreload: 'intent',
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
