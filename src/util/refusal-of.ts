import { codeOf } from './code-of.ts'
import { messageOf } from './message-of.ts'

/** The reasons why the system refused to open or to make a file, in words, by its error codes. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user has no permission',
  EPERM: 'this user has no permission',
  EISDIR: 'it is a directory',
  ENOENT: 'its directory cannot be made',
  ENOTDIR: 'a part of its path is a file',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
}

/** Returns in words why the system refused a file, and the message of the error where it has another reason. */
export const refusalOf = (error: unknown): string => reasons[codeOf(error)] ?? messageOf(error)
