// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <linnet/analysis/memory_map.hpp>

namespace linnet::inline LINNET_ISA::detail {

/// How a picture shows what a block holds, and what its legend calls it.
[[nodiscard]] inline char const* svg_class(memory_use use) {
  switch (use) {
    case memory_use::input: return "input";
    case memory_use::output: return "output";
    case memory_use::scratch: return "scratch";
    default: return "inner";
  }
}

/// Colours that stay apart for colour-blind eyes (Okabe and Ito, "Color universal design", 2008), lightened
/// under dark text; what is scratch is hatched as well.
inline constexpr char const* svg_style = R"svg(<style>
text{font:11px system-ui,"DejaVu Sans",sans-serif;fill:#1c1f23}
.heading{font-size:16px;font-weight:600}
.middle{text-anchor:middle}
.end{text-anchor:end}
.ground{fill:#fff}
.grid{stroke:#d5d9de;stroke-width:1}
.bytes{stroke:#20476b;stroke-width:.8;fill:#8ecbf0}
.input .bytes{fill:#5cc6a3}
.output .bytes{fill:#f3c04b}
.scratch .bytes{fill:url(#hatch)}
.bound-text{fill:#c0392b}
.labels{pointer-events:none}
.labels text{font-size:10px;fill:#101214;paint-order:stroke;stroke:#fff;stroke-opacity:.55;stroke-width:2.5px}
.alive{fill:#9aa3ad}
.arena{stroke:#1c1f23;stroke-width:1.5}
.bound{stroke:#c0392b;stroke-width:1.5;stroke-dasharray:7 4}
.peak{fill:#d55e00;fill-opacity:.14;stroke:#d55e00;stroke-width:1.5;pointer-events:none}
@media (prefers-color-scheme:dark){
text{fill:#e8eaed}
.ground{fill:#15181c}
.grid{stroke:#3a4048}
.arena{stroke:#e8eaed}
.bound{stroke:#ff8a75}
.bound-text{fill:#ff8a75}
.labels text{fill:#101214}
}
</style>
<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<rect width="5" height="5" fill="#f0dcea"/><rect width="2" height="5" fill="#a8437f"/></pattern></defs>
)svg";

/// Pictures of plans by rows, in addition: rings are hatched the other way, in the colour of what they hold.
inline constexpr char const* svg_row_style = R"svg(<style>
.ring .bytes{fill:url(#ring)}
.input.ring .bytes{fill:url(#ring-input)}
.output.ring .bytes{fill:url(#ring-output)}
.scratch.ring .bytes{fill:url(#hatch)}
.group{stroke:#1c1f23;stroke-width:1;stroke-dasharray:2 3;stroke-opacity:.55;fill:none;pointer-events:none}
@media (prefers-color-scheme:dark){
.group{stroke:#e8eaed}
}
</style>
<defs><pattern id="ring" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
<rect width="6" height="6" fill="#d3eafa"/><rect width="2" height="6" fill="#4b9fd4"/></pattern>
<pattern id="ring-input" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
<rect width="6" height="6" fill="#cdeee2"/><rect width="2" height="6" fill="#2f9d78"/></pattern>
<pattern id="ring-output" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
<rect width="6" height="6" fill="#fbe7b8"/><rect width="2" height="6" fill="#c98f12"/></pattern></defs>
)svg";

}  // namespace linnet::inline LINNET_ISA::detail
