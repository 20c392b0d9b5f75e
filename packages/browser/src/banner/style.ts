/**
 * How the banner looks; the build minifies it. The browser's own colours follow the visitor's: light, dark, or forced, and so
 * does its ring around the focus. Nothing moves, so
 * there is nothing to reduce. Where the window is low, as on a phone that lies or at 400 % zoom, it covers nothing and stands in the page.
 */
export const style = `
section, button {
  border: 1px solid;
  border-radius: var(--footfall-radius, .5rem);
}
section {
  color-scheme: var(--footfall-color-scheme, light dark);
  position: var(--footfall-position, fixed);
  z-index: var(--footfall-z-index, 9999);
  inset-inline-start: 0;
  bottom: var(--footfall-bottom, 0);
  box-sizing: border-box;
  width: var(--footfall-width, 34rem);
  max-width: calc(100% - 1rem);
  max-height: calc(100% - 1rem);
  margin: .5rem;
  padding: 1rem;
  overflow: auto;
  overflow-wrap: anywhere;
  background: var(--footfall-background, Canvas);
  color: var(--footfall-color, CanvasText);
}
h2, p {
  margin: 0 0 .5rem;
}
a {
  color: inherit;
}
label {
  display: flex;
  gap: .5rem;
  padding: .25rem 0;
}
input {
  min-width: 1.5rem;
  height: 1.5rem;
  margin: 0;
}
footer {
  display: grid;
  grid-template-columns: 1fr 1fr;
  gap: .5rem;
}
button {
  min-height: 2.75rem;
  border-color: var(--footfall-button-background, CanvasText);
  background: var(--footfall-button-background, CanvasText);
  color: var(--footfall-button-color, Canvas);
  font: inherit;
}
button:last-child {
  background: none;
  color: inherit;
}
@media (forced-colors: active) {
  button {
      background: none;
    color: inherit;
  }
}
* {
  outline-offset: 2px;
}
@media (max-height: 30rem) {
  section {
    position: static;
    max-height: none;
  }
}
`
