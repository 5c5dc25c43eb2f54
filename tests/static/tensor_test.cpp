// SPDX-License-Identifier: MIT
#include <linnet/tensor/element_type.hpp>
#include <linnet/tensor/extents.hpp>
#include <linnet/tensor/shape.hpp>
#include <linnet/tensor/tensor.hpp>
#include <linnet/tensor/view.hpp>

namespace {

using linnet::dynamic;
using linnet::extents;

// extents
static_assert(extents<2, 3, 4>{}.size() == 24 && extents<2, 3, 4>{}.stride(0) == 12);
static_assert(extents<2, 3, 4>{}.offset(1, 2, 3) == 23 &&
              extents<dynamic, 3, dynamic>(2, 4).offset(1, 2, 3) == 23);
static_assert(extents<2, 3>{} == linnet::dynamic_extents<2>(2, 3));
static_assert(linnet::dynamic_extents<3>::dynamic_rank == 3);
static_assert(std::is_empty_v<extents<2, 3, 4>>);

template <class Extents, class... Indices>
concept Indexed = requires(Extents e, Indices... indices) {
  e.offset(indices...);
};
static_assert(Indexed<extents<2, 3>, int, int>);
static_assert(!Indexed<extents<2, 3>, int> && !Indexed<extents<2, 3>, int, int, int>);
static_assert(!Indexed<extents<2, 3>, float, int>);
static_assert(!std::is_constructible_v<extents<2, dynamic>, int, int>);  // dynamic extents only, no more
static_assert(!std::is_constructible_v<extents<2, 3>, int>);
static_assert(!std::is_convertible_v<int, extents<dynamic>>);

// views
using image = linnet::tensor<std::int8_t, 4, 5, 3>;  // (height, width, channels)
using writable = decltype(std::declval<image&>().view());
using constant = decltype(std::declval<image const&>().view());
static_assert(std::is_same_v<writable::element, std::int8_t>);
static_assert(std::is_same_v<constant::element, std::int8_t const>);
static_assert(std::is_convertible_v<writable, constant> && !std::is_convertible_v<constant, writable>);
static_assert(sizeof(writable) == sizeof(void*));

// owning storage
template <std::int32_t... Extents>
concept Owned = requires {
  typename linnet::tensor<float, Extents...>;
};
static_assert(Owned<2, 3> && Owned<> && !Owned<2, dynamic>);
static_assert(sizeof(image) == 60 && std::is_trivially_copyable_v<image>);

// shapes
static_assert(linnet::shape{2, 3, 4}.elements() == 24 && linnet::shape{1 << 30, 1 << 30}.elements() == -1);
static_assert(linnet::as_image({7, 2, 3, 4, 5}) == linnet::image_shape{14, 3, 4, 5});

// element types
static_assert(linnet::bytes_of(linnet::s4, 3) == 2 && linnet::bytes_of(linnet::s1, 9) == 2);
static_assert(linnet::name_of(linnet::bf16) == "bf16" && linnet::element_type_of<float> == linnet::f32);

}  // namespace
