import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { contextOf } from '../canonical/testing/context-of.ts'
