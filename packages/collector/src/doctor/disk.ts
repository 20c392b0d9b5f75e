import { closeSync, fdatasyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { reasonOf } from '../rates-file.ts'
import { type Finding, mebibytes, ok, skipped, warning, wrong } from './finding.ts'

/** Below this a collector stores nothing more. */
const floorBytes = 64 * 2 ** 20
/** A store grows by about this in a day of a small shop: time to notice. */
const comfortBytes = 2 ** 30

/** Is there room for the store to grow? */
export function judgeRoom(freeBytes: number, storeBytes: number): Finding {
  if (freeBytes < floorBytes) {
    const says = `Only ${mebibytes(freeBytes)} are free: nothing is stored below ${mebibytes(floorBytes)}.`
    return wrong('disk_room', says, 'Make room, or move the data folder to a larger disk.')
  }
  if (freeBytes < comfortBytes || freeBytes < storeBytes / 10) {
    const says = `${mebibytes(freeBytes)} are free, beside a store of ${mebibytes(storeBytes)}; nothing is stored below ${mebibytes(floorBytes)}.`
    return warning('disk_room', says, 'Make room, limit FOOTFALL_RETENTION_DAYS, or move the data folder to a larger disk.')
  }
  return ok('disk_room', `${mebibytes(freeBytes)} are free, beside a store of ${mebibytes(storeBytes)}.`)
}

export function checkRoom(folder: string): readonly Finding[] {
  try {
    const { bavail, bsize } = statfsSync(folder)
    const sizes = ['footfall.db', 'footfall.db-wal'].map(
      (file) => statSync(join(folder, file), { throwIfNoEntry: false })?.size ?? 0,
    )
    return [
      judgeRoom(
        bavail * bsize,
        sizes.reduce((sum, size) => sum + size, 0),
      ),
    ]
  } catch (cause) {
    return [unseen('disk_room', cause)]
  }
}

/** Kinds of file systems by the number that Linux has for them. @see https://man7.org/linux/man-pages/man2/statfs.2.html */
const fileSystems: ReadonlyMap<number, { readonly name: string; readonly why: 'network' | 'maybe' | 'memory' | 'layer' }> =
  new Map([
    [0x6969, { name: 'NFS', why: 'network' }],
    [0x517b, { name: 'SMB', why: 'network' }],
    [0xff534d42, { name: 'CIFS', why: 'network' }],
    [0xfe534d42, { name: 'SMB2', why: 'network' }],
    [0x00c36400, { name: 'Ceph', why: 'network' }],
    [0x5346414f, { name: 'AFS', why: 'network' }],
    [0x0bd00bd0, { name: 'Lustre', why: 'network' }],
    [0x01021997, { name: '9p', why: 'maybe' }],
    [0x65735546, { name: 'FUSE', why: 'maybe' }],
    [0x01021994, { name: 'tmpfs', why: 'memory' }],
    [0x858458f6, { name: 'ramfs', why: 'memory' }],
    [0x794c7630, { name: 'overlay', why: 'layer' }],
  ])

/** @param type as `statfs` tells it */
export function judgeFileSystem(type: number): Finding | null {
  const known = fileSystems.get(type >>> 0)
  if (known === undefined) return null
  const { name, why } = known
  switch (why) {
    case 'network':
      return wrong(
        'file_system',
        `The store is on a network (${name}), where SQLite's locks and log cannot be relied on.`,
        'Move it to a local disk.',
      )
    case 'maybe':
      return warning(
        'file_system',
        `The store is on ${name}, which may be a network or a shared folder of a host.`,
        'Use a local disk, or a volume of the container.',
      )
    case 'memory':
      return warning(
        'file_system',
        `The store is in memory (${name}): it is gone when the machine restarts.`,
        'Move it to a disk.',
      )
    case 'layer':
      return warning(
        'file_system',
        `The store is in a layer of a container (${name}): it is gone with the container.`,
        'Mount a volume, and set FOOTFALL_DATA_DIR to it.',
      )
  }
}

const appends = 200
const appendBytes = 4096
/** However slow a disk is, nobody waits for it longer. */
const syncPatienceMs = 10_000
/** What a receipt may wait for its disk: a page's unload handlers and their visitors are not patient for more. */
const slowSyncMs = 20

/** @param latencies of appends that were made durable one by one, in milliseconds, in any order */
export function judgeSync(latencies: readonly number[]): Finding {
  const sorted = [...latencies].sort((one, other) => one - other)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  const figures = `p50 ${at(0.5).toFixed(2)} ms, p99 ${at(0.99).toFixed(2)} ms, of ${sorted.length} appends of 4 KiB that were made durable`
  if (at(0.99) > slowSyncMs) {
    const says = `The disk is slow to make things durable: ${figures}. Every receipt waits for that.`
    return warning('disk_sync', says, 'Use a local SSD; look whether something else keeps the disk busy.')
  }
  return ok('disk_sync', `${figures[0]?.toUpperCase()}${figures.slice(1)}.`)
}

export function checkDisk(folder: string): readonly Finding[] {
  try {
    const { type } = statfsSync(folder)
    const kind = process.platform === 'linux' ? judgeFileSystem(type) : null
    return [...(kind === null ? [] : [kind]), judgeSync(measureSync(folder))]
  } catch (cause) {
    return [unseen('disk_sync', cause)]
  }
}

function measureSync(folder: string): readonly number[] {
  const file = join(folder, `.footfall-doctor-${process.pid}`)
  const bytes = Buffer.alloc(appendBytes, 'footfall')
  const latencies: number[] = []
  const handle = openSync(file, 'wx', 0o600)
  try {
    for (const began = performance.now(); latencies.length < appends && performance.now() - began < syncPatienceMs; ) {
      const started = performance.now()
      writeSync(handle, bytes)
      fdatasyncSync(handle)
      latencies.push(performance.now() - started)
    }
    return latencies
  } finally {
    closeSync(handle)
    rmSync(file, { force: true })
  }
}

function unseen(check: string, cause: unknown): Finding {
  if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return skipped(check, 'There is no data folder yet.')
  const says = `The folder of the store cannot be written (${reasonOf(cause)}).`
  return wrong(check, says, 'Make it writable for the user who runs the collector, and ask as that user.')
}
