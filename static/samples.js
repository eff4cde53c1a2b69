// Whoever reads Python in one place reads it in the next: the language that is chosen once is chosen everywhere.

const KEPT_AS = "samples-language";

function choose(language, root = document) {
  for (const radio of root.querySelectorAll(".samples input")) if (radio.value === language) radio.checked = true;
}

function chosenLanguage() {
  try {
    return localStorage.getItem(KEPT_AS);
  } catch {
    return null; // Storage may be switched off.
  }
}

document.addEventListener("change", (event) => {
  if (!event.target.matches(".samples input")) return;
  try {
    localStorage.setItem(KEPT_AS, event.target.value);
  } catch {
    // Then it holds for this page alone.
  }
  choose(event.target.value);
});

choose(chosenLanguage());
