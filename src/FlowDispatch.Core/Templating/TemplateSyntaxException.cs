using System.Globalization;

namespace FlowDispatch.Templating;

/// <summary>A template can't be read. The message says what, where, and the nearest right name where one was mistyped.</summary>
public sealed class TemplateSyntaxException : Exception
{
    /// <summary>A template that can't be read, without saying why.</summary>
    public TemplateSyntaxException()
        : this("The template can't be read.")
    {
    }

    /// <summary>A template that can't be read from its first character.</summary>
    public TemplateSyntaxException(string message)
        : this(message, 1, 1)
    {
    }

    /// <summary>A template that can't be read from its first character, because of another error.</summary>
    public TemplateSyntaxException(string message, Exception innerException)
        : base(message, innerException) => (Line, Column, Reason) = (1, 1, message);

    /// <summary>A template that can't be read at a place.</summary>
    public TemplateSyntaxException(string message, int line, int column)
        : base(string.Create(CultureInfo.InvariantCulture, $"Line {line}, column {column}: {message}")) =>
        (Line, Column, Reason) = (line, column, message);

    /// <summary>The line, from 1.</summary>
    public int Line { get; }

    /// <summary>The column, from 1, in UTF-16 characters.</summary>
    public int Column { get; }

    /// <summary>The message without the place.</summary>
    public string Reason { get; }
}
