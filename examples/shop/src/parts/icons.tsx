import type { ComponentChildren } from 'preact'

/** Line drawings beside words; they never stand alone without a label on their button. */
function Icon({ children, class: name = 'icon' }: { children: ComponentChildren; class?: string }) {
  return (
    <svg
      class={name}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  )
}

export const SearchIcon = () => (
  <Icon>
    <circle cx="11" cy="11" r="6.5" />
    <path d="M16 16l4.5 4.5" />
  </Icon>
)

export const HeartIcon = ({ isFilled = false }: { isFilled?: boolean }) => (
  <Icon class={isFilled ? 'icon is-filled' : 'icon'}>
    <path d="M12 20C4.5 14.8 3 11.3 3 8.8A4.6 4.6 0 0 1 12 7a4.6 4.6 0 0 1 9 1.8c0 2.5-1.5 6-9 11.200z" />
  </Icon>
)

export const PersonIcon = () => (
  <Icon>
    <circle cx="12" cy="8" r="4" />
    <path d="M4.5 20.5c.8-4 3.7-6 7.5-6s6.7 2 7.5 6" />
  </Icon>
)

export const BasketIcon = () => (
  <Icon>
    <path d="M3.5 9.5h17l-1.7 9.6a1.7 1.7 0 0 1-1.7 1.400H6.900a1.7 1.7 0 0 1-1.7-1.400z" />
    <path d="M8 9.5L11 3.5M16 9.5L13 3.5M9.5 13.5v3M14.5 13.5v3" />
  </Icon>
)

export const PlusIcon = () => (
  <Icon>
    <path d="M12 5.5v13M5.5 12h13" />
  </Icon>
)

export const MinusIcon = () => (
  <Icon>
    <path d="M5.5 12h13" />
  </Icon>
)

export const CheckIcon = () => (
  <Icon>
    <path d="M5 12.5l4.5 4.5L19 7.5" />
  </Icon>
)

export const ChevronIcon = () => (
  <Icon>
    <path d="M6.5 14.5L12 9l5.5 5.5" />
  </Icon>
)

export const CloseIcon = () => (
  <Icon>
    <path d="M6.5 6.5l11 11M17.5 6.5l-11 11" />
  </Icon>
)

export const ArrowIcon = () => (
  <Icon>
    <path d="M5 12h14M13 6l6 6-6 6" />
  </Icon>
)
