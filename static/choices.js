// The options of a new transcription: the last choice is remembered, and what the pipeline does not know is not offered.

const form = document.getElementById("new-transcription");
const KEY = `choices.${form.dataset.account}`;
const REMEMBERED = ["pipeline_code", "language", "diarize"];
const language = form.elements.language;

/** The chosen pipeline's radio button, which says in `data-` what it can do and costs. */
export const chosenPipeline = () => form.querySelector("[name=pipeline_code]:checked");

export const perMinute = () => Number(chosenPipeline().dataset.perMinute);

function restore() {
  // What came back with a message is as it was sent, and stays so.
  if (form.querySelector("[aria-invalid], [role=alert]:not([hidden])")) return;
  try {
    const kept = JSON.parse(localStorage.getItem(KEY)) ?? {};
    const pipeline = [...form.querySelectorAll("[name=pipeline_code]")].find(({ value }) => value === kept.pipeline_code);
    if (pipeline) pipeline.checked = true;
    for (const name of ["language", "diarize"]) {
      const select = form.elements[name];
      if ([...select.options].some(({ value }) => value === kept[name])) select.value = kept[name];
    }
  } catch {
    // Then it is what the account says.
  }
}

function keep() {
  const chosen = new FormData(form);
  try {
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(REMEMBERED.map((name) => [name, chosen.get(name)]))));
  } catch {
    // Then it is chosen again the next time.
  }
}

function offerLanguages() {
  const known = new Set(["auto", ...chosenPipeline().dataset.languages.split(" ")]);
  for (const option of language.options) option.disabled = !known.has(option.value);
  if (language.selectedOptions[0].disabled) language.value = "auto";
}

restore();
offerLanguages();
form.addEventListener("change", ({ target }) => {
  if (target.name === "pipeline_code") offerLanguages();
  if (REMEMBERED.includes(target.name)) keep();
});
