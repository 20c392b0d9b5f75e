import type { Command, Option } from './command.ts'
import type { Shell } from './shells.ts'

/** A script that makes a shell complete the words, options and values of these commands. */
export function completionOf(shell: Shell, commands: readonly Command[]): string {
  const places = placesOf(commands)
  const values = valuesOf(commands)
  switch (shell) {
    case 'bash':
      return bash(places, values)
    case 'zsh':
      return zsh(places, values)
    case 'fish':
      return fish(places, values)
  }
}

/** Where the cursor may be, and what may stand there. */
interface Place {
  /** Words before it, without options: `quarantine`. */
  readonly path: string
  /** May other words stand between the path and the cursor? */
  readonly isDeep: boolean
  readonly words: readonly Word[]
  readonly options: readonly Word[]
  readonly files: Files
}
type Word = readonly [word: string, help: string]
type Files = 'file' | 'folder' | null

/** An option that takes a value, by all its spellings. */
interface Valued {
  readonly spellings: readonly string[]
  readonly choices: readonly string[]
  readonly files: Files
}

const filesOf = (name: string | undefined): Files => (name === 'file' || name === 'folder' ? name : null)

function placesOf(commands: readonly Command[]): readonly Place[] {
  const families = new Map<string, Command[]>()
  for (const command of commands) {
    const [first = '', verb] = command.name.split(' ')
    families.set(first, [...(families.get(first) ?? []), ...(verb === undefined ? [] : [command])])
  }
  const firstWords = [...families].map(([word, verbs]): Word => {
    const alone = commands.find(({ name }) => name === word)
    return [word, alone?.summary ?? verbs.find(({ isDefault }) => isDefault)?.summary ?? verbs[0]?.summary ?? '']
  })
  const verbsOf = (verbs: readonly Command[]): readonly Word[] =>
    verbs.map(({ name, summary }) => [name.split(' ')[1] ?? '', summary])
  const several = [...families].filter(([, verbs]) => verbs.length > 0)
  const help: Word = ['--help', 'All about this command']
  return [
    {
      path: '',
      isDeep: false,
      words: [...firstWords, ['help', 'All about one of these']],
      options: [help, ['--version', 'The version']],
      files: null,
    },
    { path: 'help', isDeep: false, words: firstWords, options: [], files: null },
    ...several.map(
      ([word, verbs]): Place => ({ path: `help ${word}`, isDeep: false, words: verbsOf(verbs), options: [], files: null }),
    ),
    ...several.map(([word, verbs]): Place => {
      const usual = verbs.find(({ isDefault }) => isDefault)
      return {
        path: word,
        isDeep: false,
        words: verbsOf(verbs),
        options: [...(usual === undefined ? [] : optionsOf(usual)), help],
        files: null,
      }
    }),
    ...commands.map((command): Place => {
      const [argument] = Object.entries(command.arguments)
      return {
        path: command.name,
        isDeep: true,
        words: (argument?.[1].choices ?? []).map((choice) => [choice, '']),
        options: [...optionsOf(command), help],
        files: filesOf(argument?.[0]),
      }
    }),
  ]
}

const optionsOf = ({ options }: Command): readonly Word[] =>
  Object.entries(options).map(([name, option]) => [`--${name}`, option.help])

/** One that several commands take is the same in all of them. */
function valuesOf(commands: readonly Command[]): readonly Valued[] {
  const options = new Map<string, Option>(commands.flatMap((command) => Object.entries(command.options)))
  return [...options]
    .filter(([, { type }]) => type === 'string')
    .map(([name, { short, value, choices = [] }]) => ({
      spellings: [`--${name}`, ...(short === undefined ? [] : [`-${short}`])],
      choices,
      files: filesOf(value),
    }))
}

const offered = ({ choices, files }: Valued): boolean => choices.length > 0 || files !== null
const spelled = (values: readonly Valued[], by: string): string => values.flatMap(({ spellings }) => spellings).join(by)
const joined = (words: readonly Word[]): string => words.map(([word]) => word).join(' ')
/** Bash and zsh have the same manner of patterns. */
const pattern = ({ path, isDeep }: Place): string => (isDeep ? `'${path}' | '${path} '*` : `'${path}'`)

/** For bash from 3.2 on, which is what macOS has: no associative arrays, no mapfile. */
function bash(places: readonly Place[], values: readonly Valued[]): string {
  const files = { file: '-f', folder: '-d' } as const
  return `# Completions of footfall for bash: source <(footfall completion bash)
_footfall_files() {
  # Names may hold spaces.
  local IFS=$'\\n'
  COMPREPLY=($(compgen "$1" -- "$2"))
}
_footfall() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev='' path='' words='' options='' files='' skip='' word i
  COMPREPLY=()
  ((COMP_CWORD > 1)) && prev=\${COMP_WORDS[COMP_CWORD - 1]}
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ -n $skip ]]; then
      skip=''
      continue
    fi
    case $word in
      ${spelled(values, ' | ')}) skip=1 ;;
      -*) ;;
      *) path="\${path:+$path }$word" ;;
    esac
  done
  if [[ -n $skip ]]; then
    case $prev in
${values
  .filter(offered)
  .map((value) => {
    const offer =
      value.files === null
        ? `COMPREPLY=($(compgen -W '${value.choices.join(' ')}' -- "$cur"))`
        : `_footfall_files ${files[value.files]} "$cur"`
    return `      ${value.spellings.join(' | ')}) ${offer} ;;`
  })
  .join('\n')}
    esac
    return 0
  fi
  case $path in
${places
  .map((place) => {
    const parts = [
      ...(place.words.length === 0 ? [] : [`words='${joined(place.words)}'`]),
      ...(place.options.length === 0 ? [] : [`options='${joined(place.options)}'`]),
      ...(place.files === null ? [] : [`files=${files[place.files]}`]),
    ]
    return `    ${pattern(place)}) ${parts.join(' ')} ;;`
  })
  .join('\n')}
  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$cur"))
  elif [[ -n $files ]]; then
    _footfall_files "$files" "$cur"
  else
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  fi
}
complete -o filenames -o bashdefault -F _footfall footfall`
}

const zshText = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
const zshWord = ([word, help]: Word): string => zshText(help === '' ? word : `${word}:${help}`)

function zsh(places: readonly Place[], values: readonly Valued[]): string {
  const files = { file: '_files', folder: '_files -/' } as const
  return `#compdef footfall
# Completions of footfall for zsh: source <(footfall completion zsh), after compinit
_footfall() {
  local cur=\${words[CURRENT]} prev=\${words[CURRENT-1]} at='' skip='' files='' word i
  local -a offers options
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    if [[ -n $skip ]]; then
      skip=''
      continue
    fi
    case $word in
      (${spelled(values, '|')}) skip=1 ;;
      (-*) ;;
      (*) at="\${at:+$at }$word" ;;
    esac
  done
  if [[ -n $skip ]]; then
    case $prev in
${values
  .filter(offered)
  .map((value) => {
    const act = value.files === null ? `compadd -- ${value.choices.map(zshText).join(' ')}` : files[value.files]
    return `      (${value.spellings.join('|')}) ${act} ;;`
  })
  .join('\n')}
    esac
    return 0
  fi
  case $at in
${places
  .map((place) => {
    const parts = [
      ...(place.words.length === 0 ? [] : [`offers=(${place.words.map(zshWord).join(' ')})`]),
      ...(place.options.length === 0 ? [] : [`options=(${place.options.map(zshWord).join(' ')})`]),
      ...(place.files === null ? [] : [`files='${files[place.files]}'`]),
    ]
    return `    (${pattern(place).replaceAll(' | ', '|')}) ${parts.join('; ')} ;;`
  })
  .join('\n')}
  esac
  if [[ $cur == -* ]]; then
    _describe -o option options
  elif [[ -n $files ]]; then
    \${=files}
  else
    _describe command offers
  fi
}
compdef _footfall footfall`
}

const fishText = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

function fish(places: readonly Place[], values: readonly Valued[]): string {
  const takes = new Map(values.flatMap((value) => value.spellings.map((spelling) => [spelling, value] as const)))
  const line = (place: Place, rest: string): string => {
    const deep = place.isDeep ? '--deep ' : ''
    return `complete -c footfall -n ${fishText(`__footfall_at ${deep}${place.path}`.trimEnd())} ${rest}`
  }
  const described = (help: string): string => (help === '' ? '' : ` -d ${fishText(help)}`)
  return `# Completions of footfall for fish: footfall completion fish | source
function __footfall_at
    set -l deep 0
    if test "$argv[1]" = --deep
        set deep 1
        set -e argv[1]
    end
    set -l path
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case ${spelled(values, ' ')}
                set skip 1
            case '-*'
            case '*'
                set -a path $word
        end
    end
    test "$path" = "$argv"; and return 0
    test $deep = 1; and string match -q -- "$argv *" "$path"
end
complete -c footfall -f
${places
  .flatMap((place) => [
    ...place.words.map(([word, help]) => line(place, `-a ${fishText(word)}${described(help)}`)),
    ...(place.files === null ? [] : [line(place, place.files === 'file' ? '-F' : "-a '(__fish_complete_directories)'")]),
    ...place.options.map(([option, help]) => {
      const value = takes.get(option)
      const short = value?.spellings[1]
      const named = `${short === undefined ? '' : `-s ${short.slice(1)} `}-l ${option.slice(2)}`
      const of =
        value === undefined
          ? ''
          : value.files === 'file'
            ? ' -r -F'
            : value.files === 'folder'
              ? " -x -a '(__fish_complete_directories)'"
              : value.choices.length === 0
                ? ' -x'
                : ` -x -a ${fishText(value.choices.join(' '))}`
      return line(place, `${named}${of}${described(help)}`)
    }),
  ])
  .join('\n')}`
}
