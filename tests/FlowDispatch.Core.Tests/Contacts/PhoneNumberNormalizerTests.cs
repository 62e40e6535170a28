using System.Globalization;
using FlowDispatch.Contacts;

namespace FlowDispatch.Tests.Contacts;

public sealed class PhoneNumberNormalizerTests
{
    private static readonly PhoneNumberNormalizer Brazil = new("BR");

    [Theory]
    [InlineData("5511999999999", "5511999999999")]
    [InlineData("5511888888888", "5511888888888")] // possible, though no known range
    [InlineData("551133334444", "551133334444")]
    [InlineData("+5511999999999", "5511999999999")]
    [InlineData("+55 (11) 99999-9999", "5511999999999")]
    [InlineData("+55 (0) 11 99999-9999", "5511999999999")]
    [InlineData("(+55) 11 99999.9999", "5511999999999")]
    [InlineData("005511999999999", "5511999999999")]
    [InlineData("11999999999", "5511999999999")]
    [InlineData("11 99999-9999", "5511999999999")]
    [InlineData("(011) 99999-9999", "5511999999999")]
    [InlineData("011999999999", "5511999999999")]
    [InlineData("0 21 11 99999 9999", "5511999999999")] // a carrier after the trunk prefix
    [InlineData("1133334444", "551133334444")]
    [InlineData("  11 99999‑9999 \u200E", "5511999999999")] // non-breaking hyphen and a bidi mark, as pasted from a phone
    [InlineData("'5511999999999", "5511999999999")] // a spreadsheet's text mark
    [InlineData("\"5511999999999\"", "5511999999999")]
    [InlineData("5511999999999.0", "5511999999999")] // a data frame's whole number
    [InlineData("１１９９９９９９９９９", "5511999999999")]
    [InlineData("+５５ 11 ٩9999-9999", "5511999999999")]
    public void A_number_of_the_default_region_is_read_however_it_is_written(string text, string digits) =>
        Assert.Equal(digits, Accept(Brazil, text));

    [Theory]
    [InlineData("+1 555 010 0123", "15550100123")]
    [InlineData("0044 7911 123456", "447911123456")]
    [InlineData("+44 (0) 7911 123456", "447911123456")]
    [InlineData("+351 912 345 678", "351912345678")]
    [InlineData("0021 44 7911 123456", "447911123456")] // 00, a carrier, the country
    [InlineData("+39 06 1234 5678", "390612345678")] // Italy keeps its zero
    public void A_number_with_a_country_code_is_that_country_s(string text, string digits) =>
        Assert.Equal(digits, Accept(Brazil, text));

    [Theory]
    [InlineData("15550100123", "15550100123")]
    [InlineData("12025550123", "12025550123")]
    [InlineData("351912345678", "351912345678")]
    [InlineData("447911123456", "447911123456")]
    [InlineData("34612345678", "34612345678")]
    [InlineData("33612345678", "33612345678")]
    public void Bare_digits_that_can_not_be_Brazilian_are_another_country_s(string text, string digits) =>
        Assert.Equal(digits, Accept(Brazil, text));

    [Theory]
    [InlineData("11888888888", "5511888888888")] // no known range anywhere
    [InlineData("41888888888", "5541888888888")]
    [InlineData("4798765432", "554798765432")] // a Norwegian mobile, too; here it lacks the ninth digit
    [InlineData("6591234567", "556591234567")] // a mobile of Singapore, too
    [InlineData("34912345678", "5534912345678")] // a Spanish landline, too
    public void Bare_digits_that_could_be_either_are_the_default_region_s(string text, string digits) =>
        Assert.Equal(digits, Accept(Brazil, text));

    [Theory]
    [InlineData("55999999999", "5555999999999")]
    [InlineData("5599999999", "555599999999")]
    [InlineData("5555999999999", "5555999999999")]
    [InlineData("55 99999-9999", "5555999999999")]
    public void Area_55_is_not_mistaken_for_the_country_code(string text, string digits) =>
        Assert.Equal(digits, Accept(Brazil, text));

    [Theory]
    [InlineData("US", "2025550123", "12025550123")]
    [InlineData("US", "12025550123", "12025550123")]
    [InlineData("US", "(202) 555-0123", "12025550123")]
    [InlineData("US", "011 44 7911 123456", "447911123456")]
    [InlineData("US", "5511999999999", "5511999999999")]
    [InlineData("DE", "0151 12345678", "4915112345678")]
    [InlineData("DE", "4915112345678", "4915112345678")]
    [InlineData("DE", "030/1234567", "49301234567")]
    [InlineData("GB", "07911 123456", "447911123456")]
    [InlineData("IT", "06 1234 5678", "390612345678")]
    [InlineData("PT", "912345678", "351912345678")]
    [InlineData("pt", "351912345678", "351912345678")]
    public void Every_region_has_its_own_rules(string region, string text, string digits) =>
        Assert.Equal(digits, Accept(new PhoneNumberNormalizer(region), text));

    [Theory]
    [InlineData(null, PhoneNumberProblem.Empty)]
    [InlineData("", PhoneNumberProblem.Empty)]
    [InlineData(" \t ", PhoneNumberProblem.Empty)]
    [InlineData("abc", PhoneNumberProblem.NotANumber)]
    [InlineData("11 99999-9999 ramal 2", PhoneNumberProblem.NotANumber)]
    [InlineData("1-800-FLOWERS", PhoneNumberProblem.NotANumber)]
    [InlineData("5,51199E+12", PhoneNumberProblem.NotANumber)]
    [InlineData("+55+11999999999", PhoneNumberProblem.NotANumber)]
    [InlineData("++5511999999999", PhoneNumberProblem.NotANumber)]
    [InlineData("55119999\u00009999", PhoneNumberProblem.NotANumber)]
    [InlineData("-", PhoneNumberProblem.NotANumber)]
    [InlineData("+", PhoneNumberProblem.NotANumber)]
    [InlineData("5511999999999,5511988888888", PhoneNumberProblem.NotANumber)]
    [InlineData("123", PhoneNumberProblem.TooShort)]
    [InlineData("0", PhoneNumberProblem.TooShort)]
    [InlineData("+5511", PhoneNumberProblem.TooShort)]
    [InlineData("+55119999999999999", PhoneNumberProblem.TooLong)]
    [InlineData("119999999999999999", PhoneNumberProblem.TooLong)]
    [InlineData("5511999999999 / 5511988888888", PhoneNumberProblem.TooLong)]
    [InlineData("+9991234567", PhoneNumberProblem.InvalidCountry)]
    [InlineData("+0119999999", PhoneNumberProblem.InvalidCountry)]
    [InlineData("000000000", PhoneNumberProblem.InvalidCountry)]
    [InlineData("0011 2345", PhoneNumberProblem.TooShort)]
    [InlineData("+55000000000", PhoneNumberProblem.NotANumber)] // a filler
    public void What_can_not_be_a_number_is_refused_with_its_reason(string? text, PhoneNumberProblem problem) =>
        Assert.Equal(problem, Refuse(Brazil, text).Problem);

    [Fact]
    public void A_number_without_its_area_code_is_refused_where_the_region_needs_one() =>
        Assert.Equal(PhoneNumberProblem.LocalOnly, Refuse(new("US"), "555-0123").Problem);

    [Fact]
    public void No_number_is_longer_than_E164_allows() =>
        Assert.Equal(PhoneNumberProblem.TooLong, Refuse(new("DE"), "+49 123456789012345").Problem);

    [Fact]
    public void A_reason_names_the_value_and_the_repair()
    {
        var refused = Refuse(Brazil, "123");

        Assert.Contains("'123'", refused.Reason, StringComparison.Ordinal);
        Assert.Contains("area code", refused.Reason, StringComparison.Ordinal);
        Assert.Contains("+55", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_that_a_spreadsheet_shortened_is_told_so() =>
        Assert.Contains("format the column as text", Refuse(Brazil, "5,51199E+12").Reason, StringComparison.Ordinal);

    [Fact]
    public void A_reason_shortens_a_long_value() =>
        Assert.InRange(Refuse(Brazil, new string('x', 100_000)).Reason.Length, 1, 300);

    [Fact]
    public void Every_problem_has_a_word_of_its_own() => Assert.Equal(
        ["empty", "not_a_number", "too_short", "too_long", "invalid_length", "local_only", "invalid_country"],
        Enum.GetValues<PhoneNumberProblem>().Select(p => JsonText.Word(p)));

    [Theory]
    [InlineData("XX")]
    [InlineData("Brazil")]
    [InlineData("55")]
    public void An_unknown_region_is_refused_by_name(string region)
    {
        var error = Assert.Throws<ArgumentException>(() => new PhoneNumberNormalizer(region));

        Assert.Contains($"'{region}'", error.Message, StringComparison.Ordinal);
        Assert.False(PhoneNumberNormalizer.IsRegion(region));
    }

    [Theory]
    [InlineData("BR")]
    [InlineData("br")]
    [InlineData(" us ")]
    public void A_region_is_known_in_any_case(string region) => Assert.True(PhoneNumberNormalizer.IsRegion(region));

    [Theory]
    [InlineData("BR")]
    [InlineData("US")]
    [InlineData("CA")]
    [InlineData("DE")]
    [InlineData("IT")]
    [InlineData("MX")]
    [InlineData("AR")]
    [InlineData("AG")]
    [InlineData("KZ")]
    [InlineData("GB")]
    [InlineData("JE")]
    [InlineData("CN")]
    [InlineData("IN")]
    [InlineData("SM")]
    public void The_short_cut_for_clean_numbers_agrees_with_the_library(string region)
    {
        var numbers = new PhoneNumberNormalizer(region);
        var code = new PhoneNumberPlan(region).CountryCode;
        var random = new Random(20_260_401);

        for (var i = 0; i < 4_000; i++)
        {
            var length = random.Next(4, 15);
            var digits = code + string.Concat(Enumerable.Range(0, length).Select(_ => random.Next(10).ToString(CultureInfo.InvariantCulture)));

            Assert.Equal(WhatIt(numbers.NormalizeThoroughly(digits)), WhatIt(numbers.Normalize(digits)));
        }
    }

    [Theory]
    [InlineData("BR")]
    [InlineData("US")]
    [InlineData("DE")]
    [InlineData("IN")]
    public void Reading_a_number_with_a_plus_again_changes_nothing(string region)
    {
        var numbers = new PhoneNumberNormalizer(region);
        var random = new Random(7);

        for (var i = 0; i < 2_000; i++)
        {
            var text = random.NextInt64(1_000_000, 1_000_000_000_000_000).ToString(CultureInfo.InvariantCulture);
            if (numbers.Normalize(text) is PhoneNumberResult.Accepted first)
            {
                Assert.Equal(first.Digits, Accept(numbers, "+" + first.Digits));
            }
        }
    }

    [Theory]
    [InlineData("+55 (11) 99999-9999", "5511999999999")]
    [InlineData("0055 11 99999-9999", "5511999999999")]
    [InlineData("5511999999999", "5511999999999")]
    [InlineData("12015550123", "12015550123")]
    public void Without_a_default_region_a_number_has_its_own_country_code(string text, string digits) =>
        Assert.Equal(digits, Accept(new PhoneNumberNormalizer(null), text));

    [Theory]
    [InlineData("011 99999-9999", PhoneNumberProblem.InvalidCountry)]
    [InlineData("+00 55 11 99999-9999", PhoneNumberProblem.InvalidCountry)]
    [InlineData("551199", PhoneNumberProblem.TooShort)]
    public void Without_a_default_region_a_national_number_is_refused(string text, PhoneNumberProblem problem) =>
        Assert.Equal(problem, Refuse(new PhoneNumberNormalizer(null), text).Problem);

    private static string WhatIt(PhoneNumberResult result) => result switch
    {
        PhoneNumberResult.Accepted accepted => accepted.Digits,
        PhoneNumberResult.Refused refused => refused.Problem.ToString(),
        _ => throw new ArgumentOutOfRangeException(nameof(result)),
    };

    private static string Accept(PhoneNumberNormalizer numbers, string text) =>
        Assert.IsType<PhoneNumberResult.Accepted>(numbers.Normalize(text)).Digits;

    private static PhoneNumberResult.Refused Refuse(PhoneNumberNormalizer numbers, string? text) =>
        Assert.IsType<PhoneNumberResult.Refused>(numbers.Normalize(text));
}
