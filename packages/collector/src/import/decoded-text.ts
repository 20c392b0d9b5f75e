import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { badImport, reasonOf } from './source-file.ts'

/** A text file, and in which encoding it is written. */
export interface TextFile {
  readonly encoding: string
  /** Its beginning, up to 64 kB. */
  readonly head: string
  /** The text in pieces, without its byte order mark. */
  pieces(): AsyncGenerator<string>
}

const headBytes = 65_536

/** The marks that tell how a file is written, whatever its user says. */
const marks = [
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
] as const

/**
 * Opens a file as text. Bytes that its encoding does not have end the reading: a letter that was guessed would be another name, and another
 * id.
 *
 * @throws FootfallError `bad_import` when it cannot be read, there or while its pieces are read
 */
export async function openText(file: string, asked: string | undefined): Promise<TextFile> {
  const bytes = await headOf(file)
  const marked = marks.find(({ bytes: mark }) => mark.every((byte, index) => bytes[index] === byte))
  const encoding = marked?.encoding ?? knownEncoding(asked ?? 'utf-8')
  const head = new TextDecoder(encoding).decode(bytes)
  return { encoding, head, pieces }

  async function* pieces(): AsyncGenerator<string> {
    const decoder = new TextDecoder(encoding, { fatal: true })
    try {
      for await (const chunk of createReadStream(file, { highWaterMark: 262_144 })) {
        yield decoder.decode(chunk as Buffer, { stream: true })
      }
      yield decoder.decode()
    } catch (cause) {
      const isUnknown = (cause as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
      throw isUnknown
        ? badImport(
            `${file} is not written in ${encoding}; say in what it is, such as --encoding windows-1252, or save it as UTF-8.`,
            cause,
          )
        : badImport(`${file} cannot be read (${reasonOf(cause)}).`, cause)
    }
  }
}

async function headOf(file: string): Promise<Uint8Array> {
  try {
    await using handle = await open(file)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0)
    return buffer.subarray(0, bytesRead)
  } catch (cause) {
    throw badImport(`${file} cannot be read (${reasonOf(cause)}).`, cause)
  }
}

function knownEncoding(name: string): string {
  try {
    return new TextDecoder(name).encoding
  } catch (cause) {
    throw badImport(`There is no encoding "${name}"; common ones are utf-8, windows-1252 and utf-16le.`, cause)
  }
}
