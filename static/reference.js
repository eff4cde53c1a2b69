// The reference: Swagger UI over /openapi.json, with our samples beside each operation and a key that is never kept.

const place = document.getElementById("reference");

/** Code samples of an operation, from `x-codeSamples`, in place of the ones Swagger UI would make up. */
function Samples({ operation, React }) {
  const h = React.createElement;
  const id = operation.get("operationId");
  const samples = operation.get("x-codeSamples")?.toJS() ?? [];
  const chosen = chosenLanguage() ?? "curl";
  return h(
    "fieldset",
    { className: "samples" },
    h("legend", { className: "unseen" }, MESSAGES.reference.language),
    samples.map(({ label }) =>
      h(
        "label",
        { key: label },
        h("input", { type: "radio", name: `language-${id}`, value: label, defaultChecked: label === chosen }),
        label,
      ),
    ),
    samples.map(({ label, source }) =>
      h(
        "div",
        { key: `${label}-code`, className: "code", "data-language": label },
        h("pre", { tabIndex: 0, "aria-label": label }, h("code", { id: `${id}-${label}` }, source)),
        h("button", { type: "button", className: "button button-small", "data-copy": `#${id}-${label}` }, h("span", null, MESSAGES.reference.copy)),
      ),
    ),
  );
}

/** Swagger UI within a page that has its own heading, main part and introduction. */
function Within({ getComponent, React }) {
  const h = React.createElement;
  const [Icons, Filter, Operations, Schemas] = ["SvgAssets", "FilterContainer", "operations", "Models"].map((name) =>
    getComponent(name, true),
  );
  return h(
    "div",
    { className: "swagger-ui" },
    h(Icons),
    h(Filter),
    h("h2", { className: "unseen" }, MESSAGES.reference.operations),
    h(Operations),
    h(Schemas),
  );
}

/** Our layout, samples above an operation's parameters, and no link within the button that opens one. */
function ours({ React }) {
  return {
    components: {
      Within: (props) => React.createElement(Within, { ...props, React }),
      DeepLink: ({ text }) => React.createElement("span", null, text),
    },
    wrapComponents: {
      parameters: (Parameters) => (props) =>
        React.createElement(
          React.Fragment,
          null,
          React.createElement(Samples, { operation: props.operation, React }),
          React.createElement(Parameters, props),
        ),
    },
  };
}

/** Names and reaches what Swagger UI leaves without a name, or out of a keyboard's reach, whenever it draws some. */
function complete() {
  for (const choice of place.querySelectorAll("select.examples-select-element:not([aria-label])"))
    choice.setAttribute("aria-label", MESSAGES.reference.example);
  for (const code of place.querySelectorAll("pre.microlight:not([tabindex])")) code.tabIndex = 0;
}

async function show() {
  new MutationObserver(complete).observe(place, { childList: true, subtree: true });
  const api = await (await fetch(place.dataset.document)).json();
  // By whatever name this page was reached, requests go to where it came from.
  api.servers = [{ url: `${location.origin}/api/v1` }];
  const reference = SwaggerUIBundle({
    spec: api,
    domNode: place,
    deepLinking: true,
    docExpansion: "list",
    filter: true,
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    persistAuthorization: false,
    validatorUrl: null,
    syntaxHighlight: { activated: true },
    plugins: [ours],
    layout: "Within",
  });
  const form = document.getElementById("key-form");
  document.getElementById("key-bar").hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const key = form.elements.key.value.trim();
    reference.preauthorizeApiKey("bearer", key);
    say(key ? MESSAGES.reference.withKey : MESSAGES.reference.withoutKey, { kind: "good", key: "key" });
  });
}

const dark = matchMedia("(prefers-color-scheme: dark)");

/** Swagger UI knows a dark mode by a class; the page follows what was chosen, else the system. */
function follow() {
  const { dataset, classList } = document.documentElement;
  classList.toggle("dark-mode", dataset.theme ? dataset.theme === "dark" : dark.matches);
}

follow();
dark.addEventListener("change", follow);
document.addEventListener("theme", follow);
show().catch(() => say(MESSAGES.reference.notLoaded, { key: "reference" }));
